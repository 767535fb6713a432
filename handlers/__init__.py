"""THE table: word, command, button, kind of message → function, and the right it needs. Nothing runs that is not in it."""

from handlers import menus
from handlers.entries import ANYONE, JOINED, Entry

TABLE: tuple[Entry, ...] = (
    # menus
    Entry(menus.show_menu, JOINED, command="more", words="word.more", press="menu:more"),
    Entry(menus.show_help, JOINED, command="help", words="word.help", press="menu:help"),
    Entry(menus.cancel, JOINED, command="cancel", words="word.cancel", press="menu:cancel"),
    Entry(menus.show_languages, JOINED, command="lang", words="word.language", press="menu:languages"),
    Entry(menus.set_language, JOINED, press="menu:language"),
    Entry(menus.refuse_kind, ANYONE, on="sticker"),
    Entry(menus.refuse_kind, ANYONE, on="video"),
    Entry(menus.refuse_kind, ANYONE, on="voice"),
    Entry(menus.refuse_kind, ANYONE, on="location"),
    Entry(menus.refuse_kind, ANYONE, on="other"),
    # joining, people
    # visits, photos
    # households
    # duties, cases
    # rosters
)
