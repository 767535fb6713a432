"""English words by what they say; phrases are separated by commas, `was {not |}home` stands for two of them.
The same meanings as in `words_zh`. An apostrophe left out is tried by itself (wasnt)."""

KINDS: dict[str, str] = {
    "visit": "visited, went to, went to see, was at, been to, have been to, dropped by, dropped in on, called on, stopped by, paid a visit to, paid a visit, did the rounds, visit, {called in on|looked in on|came by|swung by|checked on|checked in on|dropped in at|passed by to see}, {did|made|paid} {a|my} {visit|home visit|round|rounds}{ to| at|}, visit done, just came from, just back from, {i |}came from",
    "went": "saw",
    "go": "go to, at",
    "not_gone": "{did not|didn't|could not|couldn't|have not|haven't|hadn't} {go|gone|visit|visited|been|make it|get to|reach the house|get there}{ yet|}, not gone, not {yet |}visited, not been, no time to visit, unable to visit, have yet to visit",
    "plan": "will, going to, plan to, planning to, i'll, about to, want to, intend to, on my way, next time, later, have to, need to go, need to visit, should visit, must visit, intending to, hope to, supposed to, i will, we will, we'll, planning, plan",
    "met": "met, at home, was in, was home, were home, were in, is home, spoke with, spoke to, talked to, talked with, chatted, home and well, {was|were|is|are} {there|around|in|at home|home}, {had|have} {a chat|tea|lunch|a talk}{ with|}, sat with, found {him|her|them} {home|at home|in}",
    "not_home": "{was|is|were} in the {fields|field|garden|forest}, {have not|haven't|had not|hadn't|never|not} {seen|met|found}, missed, {was |is |were |are |}not {at home|home|in|there|around}, {wasn't|isn't|weren't|aren't} {at home|home|in|there|around}, {nobody|no one|no-one|noone|none of them|not a soul} {was |is |were |}{at home|home|in|there|around|about}, {nobody|no one|no-one|noone} {answered|opened|came}{ the door| to the door|}, {the |}{house|home|door|gate|place} {was |is |}{locked|closed|shut|empty}, locked, locked up, out in the fields, {was|is|were|are|had gone|went} {both |all |}out, gone to {market|the market|the fields}, at the market, in the fields, {could not|couldn't|did not|didn't} {find|meet|see} {him|her|them|anyone|anybody|}, missed {him|her|them}",
    "away": "{is|was|are|were} in {the city|guangdong|shenzhen|guangzhou|zhejiang|shanghai|beijing|chengdu|chongqing}, away, {working|works|work} {away|in guangdong|in the city|elsewhere|in another province|on a building site}, away {for work|at work|working}, migrant work, {has |have |}{gone|went|left|moved} {to work|for work}{ in the city|}, out of {town|the province|the village}, {has |have |}{gone|went|moved|left} {to|for} {the city|guangdong|shenzhen|guangzhou|zhejiang|shanghai|beijing|chengdu|chongqing}, {in|living in|lives in|working in|works in} {the city|guangdong|shenzhen|guangzhou|zhejiang|shanghai|beijing|chengdu|chongqing}, moved to the city for work, whole family {is |}away",
    "hospital": "{in |in the |at the |taken to |went to |gone to |went into |}{hospital|the hospital}, hospitalised, hospitalized, visiting relatives, {with|at|moved to|staying with|staying at|went to|gone to|living with|at the} {relatives|{his|her|their} {son|daughter|sister|brother|parents|mother|father|relatives|cousin}{'s|}{ place| house| home|}}",
    "unreachable": "{could not|couldn't|cannot|can't} {reach|get through to}, unreachable, no answer, {not|never|isn't|wasn't} {answering|answered}, {phone|number|mobile} {is |was |}{off|dead|switched off|turned off|disconnected|out of service|not in service}, {did not|didn't|does not|doesn't|won't} {pick up|answer}{ the phone|}, no reply",
    "declined": "refused{ to see me| to talk| to open| to meet|}, declined, {did not|didn't|does not|doesn't} want {to {see|meet|talk to|speak to|talk|let} {me|us|in|}|to be visited|visitors|a visit}, {would not|wouldn't|did not|didn't} {open|open the door|let me in|let us in|talk to me|see me}, turned {me|us} away, sent me away",
    "deceased": "died, passed away, is dead, has died, deceased",
    "death_maybe": "gone, is gone, has gone, no longer with us, funeral",
    "fine": "fine, all fine, ok, okay, all ok, all well, well, good, all good, nothing new, no news, no problems, no problem, no changes, no change, no issues, as usual, everything fine, everything ok, doing well, doing fine, stable, they are well, is well",
    "phone": "tried {to call|to phone|calling|to ring}, phoned, called, rang, by phone, phone call, on the phone, video call, telephoned",
    "courtesy": "condolence, courtesy call, courtesy visit, festival greetings",
    "give": "brought, gave, took, delivered, handed over",
    "goods": "rice, oil, flour, gifts, a gift, gift, food, money, cash, quilt, milk, clothes, 500 yuan, 200 yuan",
    "by_the_way": "by the way, along with the visit, also brought",
    "on_purpose": "only to give, just to give, only to hand over, just to hand over",
    "need": "needs, need, wants, asks for, asked for, short of, leaking roof, roof leaks, no water, no money",
    "kin": "son, daughter, wife, husband, mother, father, grandmother, grandfather, grandson, granddaughter, child, children, kids, grandchildren, brother, sister, relative, his wife, her husband, the wife, the son, the daughter",
    "other": "secretary, the village secretary, village head, colleague, my colleague, the doctor, boss, they, he, she, the township, director, {our|my|the|a} {team|team leader|leader|boss|colleague|deputy|officer|partner|doctor|nurse|mayor}, team leader",
    "respectively": "respectively, one each",
    "come": "came to",
    "called_off": "cancelled, canceled, called off",
    "me": "i, we, i've, we've, myself",
    "not": "not",
    "with": "with, together with, along with",
    "and": "and, &, plus",
    "neighbour": "neighbour, neighbor, next door, said that, says, said, told me",
    "hearsay": "i heard, heard that, heard, reportedly, people say, apparently, neighbours say, neighbors say, rumour has it, {he|she|they|neighbour|neighbor|somebody|someone|people} {says|said|told me|tells me}",
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
