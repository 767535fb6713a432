"""THE table: word, command, button, kind of message → function, and the right it needs. Nothing runs that is not in it."""

from handlers import joining, menus, people
from handlers.entries import ANYONE, JOINED, Entry

TABLE: tuple[Entry, ...] = (
    # menus
    Entry(menus.show_menu, JOINED, command="more", words="word.more", press="menu:more"),
    Entry(menus.show_help, JOINED, command="help", words="word.help", press="menu:help"),
    Entry(menus.cancel, JOINED, command="cancel", words="word.cancel", press="menu:cancel"),
    Entry(menus.show_languages, JOINED, command="lang", words="word.language", press="menu:languages"),
    Entry(menus.set_language, JOINED, press="menu:language"),
    Entry(menus.refuse_kind, JOINED, on="sticker"),
    Entry(menus.refuse_kind, JOINED, on="video"),
    Entry(menus.refuse_kind, JOINED, on="voice"),
    Entry(menus.refuse_kind, JOINED, on="location"),
    Entry(menus.refuse_kind, JOINED, on="other"),
    # joining, people
    Entry(joining.start, ANYONE, command="start", words="word.start"),
    Entry(joining.share_phone, ANYONE, on="contact"),
    Entry(joining.note_blocked, ANYONE, on="blocked"),
    Entry(joining.note_unblocked, ANYONE, on="unblocked"),
    Entry(joining.leave_group, ANYONE, on="group"),
    Entry(people.show_people, "person.invite", command="people", words="word.people", press="person:list"),
    Entry(people.show_page, "person.invite", press="person:page"),
    Entry(people.show_roles, "person.invite", press="person:roles"),
    Entry(people.show_villages, "person.invite", press="person:villages"),
    Entry(people.ask_name, "person.invite", press="person:ask"),
    Entry(people.search, "person.invite", draft="person_search"),
    Entry(people.show_found, "person.invite", press="person:found"),
    Entry(people.show_card, "person.invite", press="person:card"),
    Entry(people.invite, "person.invite", press="person:invite"),
    Entry(people.renew, "person.invite", press="person:renew"),
    Entry(people.show_links, "person.invite", press="person:links"),
    Entry(people.ask_unbind, "person.invite", press="person:unbind"),
    Entry(people.unbind, "person.invite", press="person:unbind_yes"),
    # visits, photos
    # households
    # duties, cases
    # rosters
)
