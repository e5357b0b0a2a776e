from itertools import pairwise

from elitemap.terminal.viridis import viridis


def lightness(colour: str) -> float:
    """Of the three parts, as eyes weigh them."""
    red, green, blue = (int(colour[k : k + 2], 16) for k in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_it_ends_where_viridis_ends_and_gets_lighter_all_the_way() -> None:
    colours = [viridis(k / 100) for k in range(101)]
    assert (colours[0], colours[50], colours[-1]) == ("#440154", "#21918c", "#fde725")
    assert all(lightness(one) <= lightness(other) for one, other in pairwise(colours))
