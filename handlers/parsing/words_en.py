"""English words by what they say; phrases are separated by commas. The same meanings as in `words_zh`."""

KINDS: dict[str, str] = {
    "visit": "visited, went to, went to see, was at, been to, have been to, dropped by, dropped in on, called on, stopped by, paid a visit to, paid a visit, did the rounds, visit",
    "went": "saw",
    "go": "go to, at",
    "not_gone": "did not go, didn't go, not gone, could not go, couldn't go, did not visit, didn't visit, not visited, have not been, haven't been, could not get to, couldn't get to",
    "plan": "will, going to, plan to, planning to, i'll, about to, want to, intend to, on my way, next time, later",
    "met": "met, at home, was in, was home, were home, were in, is home, spoke with, spoke to, talked to, talked with, chatted, home and well",
    "not_home": "not home, not at home, not in, wasn't in, wasn't home, wasn't at home, was not in, was not home, was not at home, were not home, weren't home, nobody home, nobody in, nobody was home, nobody at home, no one home, no one in, no one was home, no one at home, no-one home, door locked, door was locked, locked, out in the fields, was out, out, gone to market, could not find, couldn't find, missed them, did not meet, didn't meet, did not see, didn't see",
    "away": "away, working away, away for work, migrant work, gone to work in, works in the city, left for work, out of town, working in guangdong, moved to the city for work",
    "hospital": "in hospital, in the hospital, hospital, hospitalised, hospitalized, visiting relatives, with relatives, at relatives",
    "unreachable": "could not reach, couldn't reach, cannot reach, can't reach, unreachable, no answer, not answering, phone off, phone dead, number dead, phone switched off, did not pick up, didn't pick up",
    "declined": "refused, declined, did not want to see me, didn't want to see me, would not open, wouldn't open, turned me away, did not let me in, didn't let me in, would not let me in, wouldn't let me in",
    "deceased": "died, passed away, is dead, has died, deceased",
    "death_maybe": "gone, is gone, has gone, no longer with us, funeral",
    "fine": "fine, all fine, ok, okay, all ok, all well, well, good, all good, nothing new, no news, no problems, no problem, no changes, no change, no issues, as usual, everything fine, everything ok, doing well, doing fine, stable, they are well, is well",
    "phone": "phoned, called, rang, by phone, phone call, on the phone, video call, telephoned",
    "courtesy": "condolence, courtesy call, courtesy visit, festival greetings",
    "give": "brought, gave, took, delivered, handed over",
    "goods": "rice, oil, flour, gifts, a gift, gift, food, money, cash, quilt, milk, clothes, 500 yuan, 200 yuan",
    "by_the_way": "by the way, along with the visit, also brought",
    "on_purpose": "only to give, just to give, only to hand over, just to hand over",
    "need": "needs, need, wants, asks for, asked for, short of, leaking roof, roof leaks, no water, no money",
    "kin": "son, daughter, wife, husband, mother, father, grandmother, grandfather, grandson, granddaughter, child, children, kids, grandchildren, brother, sister, relative, his wife, her husband, the wife, the son, the daughter",
    "other": "secretary, the village secretary, village head, colleague, my colleague, the doctor, boss, they, he, she, the township, director",
    "respectively": "respectively",
    "come": "came to",
    "called_off": "cancelled, canceled, called off",
    "me": "i, we, i've, we've, myself",
    "not": "not",
    "with": "with, together with, along with",
    "and": "and, &, plus",
    "neighbour": "neighbour, neighbor, next door, said that, says, said, told me",
    "hearsay": "i heard, heard that, heard, reportedly, people say, apparently, neighbours say, neighbors say, rumour has it",
    "ask": "when did, how many, did i, what is, who is, which, where is, how do i, how to",
    "all": "all of them, all my households, all households, everyone, everybody, all my families, all families, every household, all",
    "both": "both",
    "others": "the others, the rest, others, the other ones, all others",
    "except": "except, except for, but not, apart from, all but",
    "house": "'s, 's house, 's home, 's place, 's family, household, family, house",
    "before": "before, by",
    "event": "paid, received, due, arrived, comes back, came back, returns, discharged",
    "filler": "the, a, an, was, were, is, are, to, on, in, of, and then, then, also, too, just, my, me, home, his, her, their, at, have, had, has, this, for, today's, report, hi, hello, please, thanks, log, but, everything, there, it, all day, again",
    "cross": "[x]",
    "correction": "correction, correct that, i meant, sorry i meant",
}

DAYS: dict[str, int] = {
    "today": 0, "this morning": 0, "this afternoon": 0, "this evening": 0, "tonight": 0, "just now": 0,
    "yesterday": -1, "last night": -1, "yesterday evening": -1, "yesterday afternoon": -1, "yesterday morning": -1,
    "the day before yesterday": -2, "day before yesterday": -2, "two days ago": -2, "three days ago": -3,
    "four days ago": -4, "five days ago": -5, "tomorrow": 1, "tomorrow morning": 1, "the day after tomorrow": 2, "day after tomorrow": 2,
}  # fmt: skip

VAGUE_DAYS = "the other day, recently, last week, last month, this week, this month, a few days ago, some days ago, a week ago, a month ago, last time, at the weekend, last weekend, over the weekend"
FUTURE_VAGUE = "next week, next month, soon, some day, one of these days"
TITLES = "old, uncle, aunt, auntie, mr, mrs, ms, grandma, grandpa, granny, brother, sister, young, little"
STOP = "no not so me my we he she it to in on at of or do go up us an as be by if is ok hi the and for was are his her him all but you out day had has our one two met saw new yes way will with gave came went said they them then than been have from next last this that also just very well fine good home"
