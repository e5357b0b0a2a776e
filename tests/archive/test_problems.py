"""Problems: ids, names, choosing one, and that nothing of two is mixed."""

import pytest

from elitemap.archive.errors import UsageError
from elitemap.archive.problems import chosen
from elitemap.archive.reading.reader import ArchiveReader, ElitesQuery
from elitemap.archive.store import ArchiveWriter

OPTIONS = {"domain": "-8,8", "error": "absolute", "ops": "add,mul"}
SMALL = {**OPTIONS, "domain": "0,1", "error": "relative"}


@pytest.fixture
def opened(path, make_run):
    """``opened((target, options, whether the run tells words), ...)`` gives a reader."""
    readers = []

    def make(*asked, space="elementary"):
        with ArchiveWriter.open(path) as writer:
            for number, (target, options, told) in enumerate(asked):
                words = {"error": options["error"], "domain": f"on [{options['domain']}]"}
                config = {
                    "pareto": [["ops", -1], ["digits", 1]],
                    "problem": ["domain", "error", "ops"],
                    **({"words": words} if told else {}),
                }
                run = {"target": target, "options": options, "config": config, "space": space}
                writer.begin(make_run(f"{space}-{number}", **run))
        readers.append(ArchiveReader.open(path))
        return readers[-1]

    yield make
    for reader in readers:
        reader.close()


def labels(reader):
    return [problem.label for problem in reader.problems().values()]


def test_names_tell_what_the_space_always_tells_in_the_order_of_the_options(opened):
    reader = opened(("tanh", OPTIONS, True), ("tanh", SMALL, True), ("sin", SMALL, True))
    assert labels(reader) == [
        "tanh on [-8,8], absolute", "tanh on [0,1], relative", "sin on [0,1], relative",
    ]  # fmt: skip


def test_other_options_are_told_where_they_tell_problems_apart(opened):
    more = {**OPTIONS, "ops": "add,mul,div,sqrt"}
    reader = opened(("tanh", OPTIONS, True), ("tanh", more, True), ("tanh", SMALL, True))
    assert labels(reader) == [
        "tanh on [-8,8], absolute, ops add,mul",
        "tanh on [-8,8], absolute, ops +div,sqrt",
        "tanh on [0,1], relative",
    ]


def test_runs_that_tell_no_words_tell_what_differs(opened):
    reader = opened(("tanh", OPTIONS, False), ("tanh", SMALL, True), ("sin", SMALL, False))
    assert labels(reader) == [
        "tanh domain -8,8, error absolute", "tanh on [0,1], relative", "sin",
    ]  # fmt: skip


def test_a_later_run_tells_the_words_of_an_earlier_one(opened):
    reader = opened(("tanh", OPTIONS, False), ("tanh", OPTIONS, True))
    assert set(labels(reader)) == {"tanh on [-8,8], absolute"}


def test_no_two_names_are_equal(opened):
    opened(("tanh", OPTIONS, True), space="other")
    misleading = {**SMALL, "error": "x, elementary: tanh on [-8,8], absolute"}
    reader = opened(("tanh", OPTIONS, True), ("tanh", misleading, True))
    found = labels(reader)
    assert found[:2] == ["other: tanh on [-8,8], absolute", "elementary: tanh on [-8,8], absolute"]
    assert len(set(found)) == 3


def test_ids_depend_on_what_was_asked_alone(opened):
    reader = opened(("tanh", OPTIONS, False), ("tanh", OPTIONS, True), ("tanh", SMALL, True))
    one, same, other = (problem.id for problem in reader.problems().values())
    assert one == same == "8d04f618" != other
    assert reader.problems()["elementary-0"].asked == OPTIONS


@pytest.mark.parametrize("text", ["8d04f618", "8d04", "-8,8", "[-8, 8]", "ABSOLUTE"])
def test_a_problem_is_chosen_by_its_id_or_a_part_of_its_name(opened, text):
    reader = opened(("tanh", OPTIONS, True), ("tanh", SMALL, True))
    assert chosen(text, reader.problems().values()).id == "8d04f618"
    assert reader.count(ElitesQuery(problem=text)) == 0


def test_a_whole_name_is_not_ambiguous(opened):
    reader = opened(("tanh", OPTIONS, False), ("tanh(tanh)", OPTIONS, False))
    assert chosen("tanh", reader.problems().values()).target == "tanh"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("tanh", "fits tanh on [-8,8], absolute (8d04f618); tanh on [0,1], relative (43f9bf9d)"),
        ("cosh", "there are: tanh on [-8,8], absolute (8d04f618); tanh"),
        ("", "expected the id of a problem"),
        ("\udcff", "expected the id of a problem"),
    ],
)
def test_mistakes_say_which_ones_there_are(opened, text, told):
    reader = opened(("tanh", OPTIONS, True), ("tanh", SMALL, True))
    with pytest.raises(UsageError) as mistake:
        reader.elites(ElitesQuery(problem=text))
    assert told in str(mistake.value)


@pytest.fixture
def shared(opened, path, make_elite):
    """Program 1 is certified for one problem and a candidate for another."""
    reader = opened(("tanh", OPTIONS, True), ("tanh", SMALL, True))
    proved = {"status": "certified", "certificate": {"of": "large"}}
    with ArchiveWriter.open(path) as writer:
        writer.flush("elementary-0", [make_elite(0, 1, **proved)])
        writer.flush("elementary-1", [make_elite(0, 1), make_elite(1, 2)])
    return reader, make_elite(0, 1).id


def test_a_certificate_for_one_problem_is_none_for_another(shared):
    reader, program = shared
    assert reader.elite(program, "absolute").certificate == {"of": "large"}
    other = reader.elite(program, "relative")
    assert (other.certificate, other.status, other.problem.label) == (
        None, "candidate", "tanh on [0,1], relative",
    )  # fmt: skip
    assert [problem.label[:14] for problem in reader.asking(program)] == [
        "tanh on [-8,8]", "tanh on [0,1],",
    ]  # fmt: skip


def test_an_elite_of_another_problem_is_none_of_this(shared, make_elite):
    reader, _ = shared
    with pytest.raises(UsageError, match=r"elites --problem 8d04f618` lists those of tanh on \[-8"):
        reader.elite(make_elite(1, 2).id, "absolute")


def test_queries_and_lines_say_whose_elites_they_are(shared):
    reader, _ = shared
    query = ElitesQuery(target="tanh", problem="relative")
    assert [view.slot for view in reader.elites(query)] == [0, 1]
    assert {line.problem.label for line in reader.page(query, 0, 9)} == {"tanh on [0,1], relative"}
    assert reader.elites(query)[0].to_json()["problem"] == {
        "id": "43f9bf9d", "label": "tanh on [0,1], relative",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("where", "slots"),
    [
        ("problem = '43f9bf9d'", [0, 1]),
        ("problem = '43f9' and slot > 0", [1]),
        ("'RELATIVE' = problem", [0, 1]),
        ("problem != 'relative'", [0]),
        ("not problem = '[-8, 8]' and problem is not null", [0, 1]),
    ],
)
def test_a_filter_names_problems_as_the_option_does(shared, where, slots):
    reader, _ = shared
    assert [view.slot for view in reader.elites(ElitesQuery(where=where))] == slots
    assert reader.count(ElitesQuery(where=where)) == len(slots)
    assert len(reader.listing(ElitesQuery(where=where, pareto="ops"))) == 1


@pytest.mark.parametrize(
    ("where", "told"),
    [
        ("ops < 3 or problem = 'tanh'", "filter, column 22: expected one problem, got 'tanh'"),
        ("problem = 'cosh'", "filter, column 11: expected the id of a problem"),
        ("problem = 8", "filter, column 9: expected two numbers or two texts"),
    ],
)
def test_a_filter_that_names_no_problem_says_which_ones_there_are(shared, where, told):
    with pytest.raises(UsageError) as mistake:
        shared[0].elites(ElitesQuery(where=where))
    assert str(mistake.value).startswith(told)


def test_elites_are_sorted_by_problem(shared):
    found = shared[0].elites(ElitesQuery(sort="-problem,slot"))
    assert [view.problem.id for view in found] == ["8d04f618", "43f9bf9d", "43f9bf9d"]


@pytest.fixture
def changed(opened, path, make_elite):
    """Programs 1 and 2 were certified twice and once; their constants changed each time."""
    reader = opened(("tanh", OPTIONS, True), ("tanh", SMALL, True))
    with ArchiveWriter.open(path) as writer:
        writer.flush("elementary-0", [make_elite(0, 1), make_elite(1, 2), make_elite(2, 3)])
        for slot, n in ((0, 11), (0, 12), (1, 21)):
            proved = make_elite(slot, n, status="certified", certificate={"n": n})
            writer.certify("elementary-0", slot, proved)
        writer.finish("elementary-0", "done", {})
    return reader


@pytest.mark.parametrize(("old", "new"), [(1, 12), (11, 12), (12, 12), (2, 21), (3, 3)])
def test_old_ids_lead_to_what_certificates_have_made_of_them(changed, make_elite, old, new):
    name, expected = make_elite(0, old).id, make_elite(0, new).id
    assert changed.elite(name).id == changed.elite(name[:12], "absolute").id == expected
    with pytest.raises(UsageError, match="elites --problem 43f9bf9d` lists those"):
        changed.elite(name, "relative")


@pytest.mark.parametrize(("old", "new"), [(11, 12), (2, 21)])
def test_a_search_for_an_old_id_finds_what_it_has_become(changed, make_elite, old, new):
    found = changed.elites(ElitesQuery(search=make_elite(0, old).id[:10]))
    assert [view.id for view in found] == [make_elite(0, new).id]


def test_other_offspring_is_not_what_a_program_has_become(changed, path, make_elite):
    parent, child = make_elite(0, 40), make_elite(4, 41, parent=make_elite(0, 40).id)
    with ArchiveWriter.open(path) as writer:
        writer.flush("elementary-0", [child])
    with pytest.raises(UsageError, match="`elitemap elites` lists them"):
        changed.elite(parent.id)
