"""Headlines alone, in many languages at once, on two days: which belong together, no reader would doubt."""

from __future__ import annotations

import pandas as pd
import pytest

from analysis.grouping import evaluate, find_events

EVENTS = {
    "rail strike": [
        "Bahn-Streik legt Fernverkehr in ganz Deutschland lahm",
        "Lokführer streiken: Fernzüge fallen bundesweit aus",
        "GDL-Streik: Bahn streicht 80 Prozent der Fernzüge",
    ],
    "Lower Saxony votes": [
        "SPD gewinnt Landtagswahl in Niedersachsen deutlich",
        "Landtagswahl Niedersachsen: Weil und die SPD siegen",
        "Niedersachsen-Wahl: SPD stärkste Kraft, FDP scheitert",
    ],
    "climate ruling": [
        "Bundesverfassungsgericht kippt Teile des Klimaschutzgesetzes",
        "Karlsruhe: Klimaschutzgesetz teilweise verfassungswidrig",
        "Verfassungsrichter geben Klimaklägern recht: Klimaschutzgesetz muss nachgebessert werden",
    ],
    "Nagelsmann": [
        "Bayern München entlässt Trainer Nagelsmann",
        "FC Bayern trennt sich von Nagelsmann, Tuchel übernimmt",
        "Nagelsmann-Aus beim FC Bayern: Tuchel wird neuer Trainer",
    ],
    "La Palma": [
        "El volcán de La Palma entra en erupción",
        "Erupción volcánica en La Palma: miles de evacuados",
        "La Palma evacúa a 5.000 personas por la erupción del volcán",
    ],
    "euthanasia": [
        "El Congreso aprueba la ley de eutanasia en España",
        "España legaliza la eutanasia tras la votación en el Congreso",
        "La ley de eutanasia sale adelante con amplia mayoría del Congreso",
    ],
    "Messi": [
        "Messi abandona el Barcelona tras 21 años",
        "Leo Messi no seguirá en el Barça",
        "El Barcelona anuncia la salida de Messi",
    ],
    "metro collapse": [
        "Se desploma un tramo del metro en Ciudad de México",
        "Colapso de la Línea 12 del Metro de México deja 24 muertos",
        "Tragedia en el Metro de Ciudad de México: colapsa puente de la Línea 12",
    ],
    "pensions": [
        "Réforme des retraites : un million de manifestants en France",
        "Retraites : mobilisation record contre la réforme",
        "Grève contre la réforme des retraites : plus d'un million de personnes dans la rue",
    ],
    "Notre-Dame": [
        "Un incendie ravage la cathédrale Notre-Dame de Paris",
        "Notre-Dame de Paris en flammes, la flèche s'effondre",
        "Incendie à Notre-Dame : la flèche de la cathédrale s'est effondrée",
    ],
    "diesel": [
        "Lyon interdit les voitures diesel dans le centre-ville",
        "Zone à faibles émissions : Lyon bannit le diesel du centre",
        "À Lyon, les véhicules diesel interdits dès 2022",
    ],
    "Kononenko": [
        "Космонавт Олег Кононенко установил рекорд по времени в космосе",
        "Кононенко побил мировой рекорд пребывания в космосе",
        "Олег Кононенко стал рекордсменом по суммарному времени в космосе",
    ],
    "metro line": [
        "В Москве открыли Большую кольцевую линию метро",
        "Большая кольцевая линия метро открылась в Москве",
        "Собянин и Путин открыли движение по Большой кольцевой линии",
    ],
    "AvtoVAZ": [
        "АвтоВАЗ остановил производство в Тольятти",
        "АвтоВАЗ приостанавливает конвейер из-за нехватки деталей",
        "Завод АвтоВАЗа в Тольятти встал из-за дефицита микрочипов",
    ],
    "Luding": [
        "四川泸定发生6.8级地震",
        "四川泸定6.8级地震已致46人遇难",
        "泸定地震：救援人员赶赴震中",
    ],
    "Shenzhou": [
        "神舟十三号载人飞船成功发射",
        "神舟十三号发射成功 三名航天员进入太空",
        "长征火箭成功将神舟十三号送入太空",
    ],
    "Hong Kong votes": [
        "香港立法会选举投票率创新低",
        "香港立法会选举结束 投票率仅三成",
        "香港选举投票率三成 创历史新低",
    ],
    "Lula": [
        "Lula vence Bolsonaro e é eleito presidente do Brasil",
        "Lula é eleito presidente pela terceira vez",
        "Com 50,9% dos votos, Lula derrota Bolsonaro",
    ],
    "Morandi bridge": [
        "Genova, crolla il ponte Morandi: decine di vittime",
        "Crollo del ponte Morandi a Genova, almeno 30 morti",
        "Tragedia a Genova: ponte Morandi crollato sull'autostrada",
    ],
    "Tokyo games": [
        "東京五輪、1年延期で合意",
        "東京オリンピックの1年程度延期が決定",
        "安倍首相とIOC会長、東京五輪延期で合意",
    ],
    "earthquake": [
        "زلزال عنيف يضرب تركيا وسوريا",
        "زلزال تركيا وسوريا يخلف آلاف القتلى",
        "آلاف القتلى في زلزال ضرب تركيا وسوريا",
    ],
    "Nuri": [
        "누리호 발사 성공, 한국 세계 7번째 우주 강국",
        "한국형 발사체 누리호 발사 성공",
        "누리호 성공… 위성 궤도 안착",
    ],
    "Suez": [
        "Suez Canal blocked by giant container ship Ever Given",
        "Ever Given: ship stuck in Suez Canal halts traffic",
        "Container ship runs aground in Suez Canal, blocking traffic",
    ],
    "Meta": [
        "Facebook changes company name to Meta",
        "Facebook rebrands as Meta",
        "Mark Zuckerberg announces Facebook's new name: Meta",
    ],
}


@pytest.fixture(scope="module")
def headlines() -> pd.DataFrame:
    begin = pd.Timestamp("2021-03-01", tz="UTC")
    rows = [
        (f"{number}-{i}", title, begin + pd.Timedelta(hours=number * 7 % 48 + 6 * i), event)
        for number, (event, titles) in enumerate(EVENTS.items())
        for i, title in enumerate(titles)
    ]
    frame = pd.DataFrame(rows, columns=["article_id", "title", "published_at", "event"])
    return frame.assign(provider_id=[f"p{i % 9}.example" for i in range(len(frame))])


def score(frame: pd.DataFrame) -> float:
    found = find_events(frame.drop(columns="event")).members.set_index("article_id")["group_id"]
    return float(evaluate(found, frame.set_index("article_id")["event"])["f1"].iloc[0])


def test_headlines_of_eleven_languages_find_their_own(headlines):
    assert score(headlines) >= 0.97


def test_one_long_excerpt_among_headlines_does_not_part_an_event(headlines):
    first = headlines.groupby("event", sort=False)["title"].transform("first")
    told = headlines["title"].where(headlines.index % 3 != 1)
    excerpt = (first + ". " + told + ". " + first).where(headlines.index % 3 == 1)
    assert score(headlines.assign(excerpt=excerpt)) >= 0.95


@pytest.mark.slow
def test_each_language_finds_its_own_without_the_others(headlines):
    for start in range(0, len(headlines), 6):
        assert score(headlines.iloc[start : start + 6]) == pytest.approx(1)
