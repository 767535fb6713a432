"""Lists that do not fit on a screen."""


def fit_page(page: int, total: int, size: int) -> tuple[int, int]:
    """The page to show of `total` lines, `size` a page: the wanted one, or the nearest there is; and how many there are.

    Both count from 1; an empty list has one page.
    """
    pages = max(1, -(-total // size))
    return min(max(page, 1), pages), pages
