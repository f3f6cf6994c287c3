import networkx as nx
import numpy as np
import pytest

from analysis.measures.centrality import betweenness, pagerank


def graph(n, n_links, seed):
    dice = np.random.default_rng(seed)
    pairs = sorted({(int(a), int(b)) for a, b in dice.integers(0, n, size=(n_links, 2)) if a != b})
    source, target = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    weight = dice.integers(1, 9, size=len(pairs))
    whole = nx.DiGraph()
    whole.add_nodes_from(range(n))
    whole.add_weighted_edges_from(zip(source.tolist(), target.tolist(), weight.tolist(), strict=True))
    return whole, source, target, weight


SIZES = [(1, 0), (2, 2), (3, 4), (40, 25), (60, 240), (300, 900)]


@pytest.mark.parametrize(("n", "n_links"), SIZES)
def test_pagerank_is_what_networkx_gives(n, n_links):
    whole, *links = graph(n, n_links, seed=n)
    assert pagerank(n, *links).tolist() == list(nx.pagerank(whole).values())


@pytest.mark.parametrize("sampled", [None, 1, 2, 20])
@pytest.mark.parametrize(("n", "n_links"), SIZES)
def test_betweenness_is_what_networkx_gives(n, n_links, sampled):
    whole, source, target, _ = graph(n, n_links, seed=n)
    k = None if sampled is None or sampled >= n else sampled
    known = list(nx.betweenness_centrality(whole, k=k, seed=0).values())
    np.testing.assert_array_equal(betweenness(n, source, target, sampled), known)


def test_nothing_has_no_rank():
    none = np.empty(0, dtype=np.int64)
    assert pagerank(0, none, none, none).tolist() == betweenness(0, none, none).tolist() == []
