from hypothesis import given
from hypothesis import strategies as st

from analysis.records import SourceFile
from analysis.store.listing import Listed, Listing, read_listing, write_listing

FILES = st.dictionaries(
    st.sampled_from(["a.md", "b.md", "ä/c.md", "d\udcff.md", "e\n.md"]),
    st.tuples(st.integers(0, 2), st.integers(0, 2)),
).map(lambda files: [SourceFile(path, *told) for path, told in sorted(files.items())])


def listed(files):
    return Listed.of("/news", "folder", "news/", files)


@given(FILES, FILES)
def test_what_differs_leads_from_one_listing_to_the_other(before, after):
    gone, come = listed(before).changes(listed(after))
    kept = {file.path: file for file in before if file.path not in gone}
    assert kept | {file.path: file for file in come} == {file.path: file for file in after}
    assert all(file not in before for file in come)
    assert {file.path for file in before} >= set(gone)


@given(FILES, FILES)
def test_a_listing_is_read_as_it_was_written(tmp_path_factory, one, other):
    path = tmp_path_factory.mktemp("listing") / "listing"
    listing = Listing("20210827T000000000000-ab", "1 x", {"files": 2}, (listed(one), listed(other)))
    write_listing(path, listing)
    assert read_listing(path) == listing
    path.write_bytes(path.read_bytes()[:-1])
    assert read_listing(path) is None or not one + other


def test_what_could_not_be_read_is_to_be_read_again():
    files = [SourceFile("a.md", 1, 1), SourceFile("b.md", 1, 1)]
    assert listed(files).without({"b.md"}).changes(listed(files)) == (["b.md"], [files[1]])
    assert listed(files).without(set()).changes(listed(files)) == ([], [])
