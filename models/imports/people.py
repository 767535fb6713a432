"""A row of a people sheet against who is known: matched by phone, never by name alone."""

from models.areas import UNNAMED_TOWNSHIP, Area
from models.imports.comparing import Changes, Compared, differs_from
from models.imports.known import Known
from models.people import Person
from models.sheets.people import PersonRow
from models.sheets.words import Post


def compare_person(known: Known, row: PersonRow, decided: int | str | None = None) -> Compared:
    """Match by phone; another name under the same phone is asked about, never taken for the same person."""
    for post in row.posts:
        if places := _doubtful(known, row, post):
            return Compared("ask", candidates=places, place=row.area)
    person = known.person(row.phone)
    problems = tuple(
        ("area", code, True) for post in row.posts if (code := _area_problem(known, row, post)) is not None
    )
    if problems:
        return Compared("fault", problems=problems)
    if person is None:
        return Compared("new")
    if person.name != row.name and decided != person.id:
        return Compared("ask", candidates=(person.id,))
    changes = person_changes(known, row, person)
    return Compared("changed" if changes else "unchanged", person.id, changes)


def _doubtful(known: Known, row: PersonRow, post: Post) -> tuple[int, ...]:
    """The areas that a name may mean which is none, and similar to one."""
    if post.scope == "village":
        return known.doubtful(row.area)
    return known.doubtful_township(row.area) if post.scope == "township" else ()


def person_changes(known: Known, row: PersonRow, person: Person) -> Changes:
    changes: Changes = {}
    if person.name != row.name:
        changes["name"] = [person.name, row.name]
    if differs_from(person.unit, row.unit):
        changes["unit"] = [person.unit or "", row.unit]
    missing = [post.name for post in row.posts if not has_post(known, row, person, post)]
    if missing:
        changes["posts"] = ["", "、".join(missing)]
    return changes


def has_post(known: Known, row: PersonRow, person: Person, post: Post) -> bool:
    """Whether the person holds this grant already, in this area or unit."""
    area = area_of(known, row, post)
    unit = unit_of(row, post)
    return any(
        grant.role == post.role
        and (grant.post == post.name or post.role == "helper")
        and (area is not None and grant.area_id == area.id)
        and (grant.unit or "") == unit
        for grant in known.grants.get(person.id, ())
    )


def unit_of(row: PersonRow, post: Post) -> str:
    """The unit that a grant is for; only a unit's contact has one."""
    return (row.area or row.unit) if post.scope == "unit" else ""


def area_of(known: Known, row: PersonRow, post: Post) -> Area | None:
    """The area a post is granted in; None: a village that is not known yet,
    or a name that is no area here.
    """
    township = known.township
    if post.scope == "village":
        return known.village(row.area)
    if post.scope == "county":
        above = [area for area in known.areas.values() if area.level == "county"]
        return above[0] if above else township
    if post.scope == "unit" or not row.area or known.is_township(row.area):
        return township
    if post.scope == "township":
        return None if township.name != UNNAMED_TOWNSHIP else township
    named = [area for area in known.areas.values() if area.name == row.area and area.level != "group"]
    return named[0] if named else known.village(row.area)


def _area_problem(known: Known, row: PersonRow, post: Post) -> str | None:
    area = area_of(known, row, post)
    if area is None:
        return None if post.scope == "village" else "area_unknown"
    return None if known.scope.reaches(area.path) else "area_not_yours"
