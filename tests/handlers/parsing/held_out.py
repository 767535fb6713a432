"""Phrases by a second grammar, of other words and other orders, that the parser was never mended against."""

from tests.handlers.parsing.grammar import Grammar, Phrase

WENT = ("去转了转", "去了一趟", "看了看", "入了户", "走了一趟", "到过")
FINE = (",老人身体硬朗", ",一切照旧", " 没问题", ",收成还可以", ",房子不漏", "。没别的事", ",娃儿上学去了", "")


class OtherGrammar(Grammar):
    """The same households and days in sentences of another hand."""

    OUTCOMES = (
        ("met", ("人在屋头", "碰到本人", "跟他聊了聊", "当面谈了", "见了一面", "在屋烤火")),
        ("not_home", ("门关着", "家里没人应", "没碰到人", "不在屋", "赶集去了", "扑空了", "大门锁着没人")),
        ("away", ("在浙江务工", "外出打工去了", "去深圳了", "常年在外")),
        ("hospital", ("在县医院住着", "走人户去了", "住到女儿家去了")),
        ("unreachable", ("打电话没人接", "手机关机", "号码成了空号")),
        ("declined", ("不肯开门", "把我撵出来了", "拒绝见面")),
    )

    def _one(self) -> Phrase:
        candidate = self.chance.choice(self.candidates)
        word, (day, on), (outcome, said) = self.sure_word(candidate), self.day(), self.outcome()
        gap = " " if word.isascii() else ""
        form = self.chance.choice(
            (
                f"{day}:{gap}{word},{said}",
                f"【{day}】{word}{gap}{said}",
                f"{day}走访 {word},结果{said}",
                f"{day}到{gap}{word}{gap}家,{said}",
            )
        )
        return Phrase(form, frozenset(((candidate.household_id, outcome, on),)))

    def _one_went(self) -> Phrase:
        candidate = self.chance.choice(self.candidates)
        word, (day, on) = self.sure_word(candidate), self.day()
        went, fine = self.chance.choice(WENT), self.chance.choice(FINE)
        gap = " " if word.isascii() else ""
        form = self.chance.choice(
            (
                f"{day}我{went}{gap}{word}{gap}家{fine}",
                f"报告:{day}{went}{gap}{word}{gap}屋里{fine}",
                f"{word}{gap}屋头{day}去过了{fine}",
                f"补记{day}走访{gap}{word}{fine}",
            )
        )
        return Phrase(form, frozenset(((candidate.household_id, "met", on),)))

    def _list(self) -> Phrase:
        chosen = self.chance.sample(self.candidates, self.chance.randint(2, 3))
        (day, on), join = self.day(), self.chance.choice(("、", ",", "和", "跟"))
        names = join.join(self.sure_word(candidate) for candidate in chosen)
        form = self.chance.choice(
            (f"{day}入户 {names},都在家", f"{day}:{names} 都见到了", f"{names}这几家{day}都走访过了")
        )
        return Phrase(form, frozenset((candidate.household_id, "met", on) for candidate in chosen))

    def _each(self) -> Phrase:
        chosen = self.chance.sample(self.candidates, 2)
        day, on = self.day()
        ends = [self.outcome() for _ in chosen]
        parts = [f"{self.sure_word(candidate)}:{end[1]}" for candidate, end in zip(chosen, ends, strict=True)]
        lines = frozenset((candidate.household_id, end[0], on) for candidate, end in zip(chosen, ends, strict=True))
        return Phrase(f"{day}走访情况\n" + "\n".join(parts), lines)

    def _mixed(self) -> Phrase:
        one, other = self.chance.sample(self.candidates, 2)
        (day, on), (outcome, said) = self.day(), self.outcome()
        text = f"{day}上午到 {self.sure_word(one)} 家看了,下午到 {self.sure_word(other)} 家,{said}"
        return Phrase(text, frozenset(((one.household_id, "met", on), (other.household_id, outcome, on))))
