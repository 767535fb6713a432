"""Phrases by two more grammars, of other words and other orders; the parser was mended against them."""

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


THIRD_WENT = ("去走了走", "上门走访了", "去看望了", "去见了见", "进了")
NEWS = ("今年苞谷收成好", "孙子考上高中了", "新盖了猪圈", "医保交了", "老伴的药还够", "地里的活忙完了", "路灯修好了")


class ThirdGrammar(Grammar):
    """The same households and days, said once more by somebody else."""

    OUTCOMES = (
        ("met", ("见着人了", "在家里", "遇到了本人", "面谈了", "有人在家", "和他摆了会龙门阵")),
        ("not_home", ("没见着人", "院门上锁", "不在屋头", "没人应门", "上坡干活去了", "喊了没人答应")),
        ("away", ("去广东打工了", "人在浙江", "在外务工", "出远门了")),
        ("hospital", ("正在住院", "去了女儿家", "走亲戚去了", "在市医院")),
        ("unreachable", ("电话一直打不通", "联系不到人", "手机停机了")),
        ("declined", ("不愿意见我", "不给开门", "不让我进屋")),
    )

    def _one(self) -> Phrase:
        candidate = self.chance.choice(self.candidates)
        word, (day, on), (outcome, said) = self.sure_word(candidate), self.day(), self.outcome()
        gap = " " if word.isascii() else ""
        form = self.chance.choice(
            (
                f"走访 {word},{day},{said}",
                f"{word} {day} {said}",
                f"{day}去的{gap}{word}{gap}家 {said}",
                f"户主:{word}\n日期:{day}\n情况:{said}",
            )
        )
        return Phrase(form, frozenset(((candidate.household_id, outcome, on),)))

    def _one_went(self) -> Phrase:
        candidate = self.chance.choice(self.candidates)
        word, (day, on) = self.sure_word(candidate), self.day()
        went, news = self.chance.choice(THIRD_WENT), self.chance.choice(NEWS)
        gap = " " if word.isascii() else ""
        form = self.chance.choice(
            (
                f"{day}{went}{gap}{word}{gap}家,{news}",
                f"{day},我和驻村队员{went}{gap}{word}{gap}家,{news}",
                f"{word}{gap}家{day}走了一趟,{news}",
                f"{day}{gap}{word}{gap}家走访完成,{news}",
            )
        )
        return Phrase(form, frozenset(((candidate.household_id, "met", on),)))

    def _list(self) -> Phrase:
        chosen = self.chance.sample(self.candidates, self.chance.randint(2, 3))
        (day, on), join = self.day(), self.chance.choice(("、", "/", "和", ","))
        names = join.join(self.sure_word(candidate) for candidate in chosen)
        form = self.chance.choice(
            (f"{day}走访了 {names} 这几户", f"{day} {names} 都走完了,没啥问题", f"今日补记:{day}去过 {names} 家")
        )
        return Phrase(form, frozenset((candidate.household_id, "met", on) for candidate in chosen))

    def _each(self) -> Phrase:
        chosen = self.chance.sample(self.candidates, 2)
        day, on = self.day()
        ends = [self.outcome() for _ in chosen]
        parts = [
            f"{number}.{self.sure_word(candidate)},{end[1]}"
            for number, (candidate, end) in enumerate(zip(chosen, ends, strict=True), 1)
        ]
        lines = frozenset((candidate.household_id, end[0], on) for candidate, end in zip(chosen, ends, strict=True))
        return Phrase(f"{day}走访:\n" + "\n".join(parts), lines)

    def _mixed(self) -> Phrase:
        one, other = self.chance.sample(self.candidates, 2)
        (day, on), (outcome, said) = self.day(), self.outcome()
        text = f"{day}走了 {self.sure_word(one)} 和 {self.sure_word(other)} 两家,{self.sure_word(other)} {said}"
        return Phrase(text, frozenset(((one.household_id, "met", on), (other.household_id, outcome, on))))
