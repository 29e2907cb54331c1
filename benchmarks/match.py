"""How much CPU the matcher takes, as a ratio to the bare automaton on folded text in the same run.

    python benchmarks/match.py            names, queries, compile time and memory
    python benchmarks/match.py --stories 4000

Stories are made of English words by their frequency (about 4 KB each, half with typographic quotes), with names strewn
in; the same seed gives the same stories. "Bare" is ahocorasick_rs alone, over the same terms without their edges. Times
are CPU seconds of the process: wall times do not hold on a busy machine and on a very busy one caches do not either, so
compare ratios.

A query that matches costs about 30 us of CPU with its two hits and their sentences, one that is looked at in vain 10;
the rest of a story costs hardly more for 10,000 queries than for 1,000, so how much longer 10,000 take is how much more
they match. What was tried against that: a set of the text's words (60 us a story more at 10,000 queries), one clause
after the other in Python (twice the time of numpy, as every rule lies somewhere else in memory), and the places of all
words at once from where they were looked up (a twentieth more than to search for each; it pays for NEAR alone).
"""

from __future__ import annotations

import argparse
import random
import re
import resource
import time
from collections.abc import Callable, Sequence

import ahocorasick_rs
from wordfreq import get_frequency_dict

from watcher.matching.match import Matcher, compile_watches
from watcher.model import Document, Watch

SEED = 20261123


def cpu(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def best(work: Callable[[], object], rounds: int = 5) -> float:
    return min(cpu(work) for _ in range(rounds))


class World:
    """Words by frequency, made-up people, and stories that mention some of them."""

    def __init__(self, stories: int) -> None:
        self.random = random.Random(SEED)
        frequencies = get_frequency_dict("en", wordlist="small")
        self.words = [word for word in frequencies if word.isalpha() and word.isascii()]
        self.weights = [frequencies[word] for word in self.words]
        self.firsts = [word.title() for word in self.words[2000:4500]]
        self.lasts = [word.title() for word in self.words[4500:14500]]
        self.names = sorted({f"{self.pick(self.firsts)} {self.pick(self.lasts)}" for _ in range(120_000)})
        self.random.shuffle(self.names)
        self.stories = [self.story(number) for number in range(stories)]

    def pick(self, among: Sequence[str]) -> str:
        return among[self.random.randrange(len(among))]

    def story(self, number: int) -> Document:
        body = self.prose(3700)
        return Document(id=str(number), title=self.prose(70, end=""), summary=self.prose(230), body=body, lang="en")

    def prose(self, size: int, end: str = ".") -> str:
        fancy = self.random.random() < 0.5  # half of today's news pages have curly quotes
        parts: list[str] = []
        length = 0
        while length < size:
            words = self.random.choices(self.words, self.weights, k=self.random.randint(8, 24))
            words[0] = words[0].title()
            if self.random.random() < 0.35:
                words[self.random.randrange(len(words))] = self.pick(self.names)
            if self.random.random() < 0.3:
                words[3] += ","
            if fancy and self.random.random() < 0.4:
                words[0], words[5] = "“" + words[0], words[5] + "’s”"
            sentence = " ".join(words) + (end or "")
            parts.append(sentence)
            length += len(sentence) + 1
            if end and self.random.random() < 0.3:
                parts.append("\n\n")
        return " ".join(parts)[:size]


def folded(story: Document) -> str:
    return " ".join(f"{story.title} {story.summary} {story.body}".lower().split())


def judge_all(matcher: Matcher, stories: Sequence[Document]) -> int:
    return sum(len(matcher.judge(story).matches) for story in stories)


def name_watches(world: World, count: int) -> list[Watch]:
    """As people write them: a full name, a second spelling, the surname as short, two words of context."""
    watches = []
    for name in world.names[:count]:
        first, last = name.split()
        watches.append(
            Watch(
                name=name,
                also=(f"{first[0]}. {last}",),
                short=(last,),
                with_=(first, world.pick(world.lasts)),
            )
        )
    return watches


def bare(watches: Sequence[Watch], stories: Sequence[Document]) -> float:
    phrases = sorted({term.lower() for one in watches for term in (one.name, *one.also, *one.short, *one.with_)})
    automaton = ahocorasick_rs.AhoCorasick(phrases)
    texts = [folded(story) for story in stories]
    return best(lambda: [automaton.find_matches_as_indexes(text, overlapping=True) for text in texts])


def names(world: World) -> None:
    print("names: watches of five terms each; ms of CPU a story of 4 KB")
    print(f"{'watches':>9} {'bare':>8} {'whole':>8} {'ratio':>6} {'matches/story':>14} {'compile s':>10}")
    for count in (10, 1_000, 10_000):
        watches = name_watches(world, count)
        start = time.process_time()
        matcher = compile_watches(watches)
        compiled = time.process_time() - start
        alone = bare(watches, world.stories)
        whole = best(lambda matcher=matcher: judge_all(matcher, world.stories))  # type: ignore[misc]
        found = judge_all(matcher, world.stories) / len(world.stories)
        per = 1000 / len(world.stories)
        print(f"{count:>9} {alone * per:8.4f} {whole * per:8.4f} {whole / alone:6.2f} {found:14.2f} {compiled:10.2f}")


class Asked:
    """One random query, and the same by `term in text`. terms: what is looked for in every text."""

    def __init__(self, query: str, holds: Callable[[str], bool]) -> None:
        self.query = query
        self.holds = holds
        self.terms = [f" {term} " for term in re.findall(r'"([^"]+)"', query)]


def of_the_dictionary(world: World) -> Asked:
    """(a OR b) AND c AND NOT d, of words by how many there are, not by how often they are used."""
    a, b, c, d = world.random.sample(world.words[100:], 4)
    return Asked(
        f'("{a}" OR "{b}") AND "{c}" AND NOT "{d}"',
        lambda text: (f" {a} " in text or f" {b} " in text) and f" {c} " in text and f" {d} " not in text,
    )


def of_a_press_office(world: World) -> Asked:
    """A name, one of some words of any frequency, and none of two others."""
    name = world.pick(world.names).lower()
    a, b, c, d, e = (any_word(world) for _ in range(5))
    return Asked(
        f'"{name}" AND ("{a}" OR "{b}" OR "{c}") AND NOT ("{d}" OR title:"{e}")',
        lambda text: (
            f" {name} " in text
            and any(f" {word} " in text for word in (a, b, c))
            and f" {d} " not in text
            and f" {e} " not in text.partition(" | ")[0]
        ),
    )


def of_words_together(world: World) -> Asked:
    """Three words of any frequency, all of them."""
    a, b, c = (any_word(world) for _ in range(3))
    return Asked(f'"{a}" AND "{b}" AND "{c}"', lambda text: all(f" {word} " in text for word in (a, b, c)))


def of_words_near(world: World) -> Asked:
    """A word near another, and one of two more; the words by chance, so most are asked about in vain."""
    a, b, c, d = (any_word(world) for _ in range(4))
    near = re.compile(rf" {a} (?:[^ |]+ ){{0,5}}{b} | {b} (?:[^ |]+ ){{0,5}}{a} ")
    return Asked(
        f'"{a}" NEAR/5 "{b}" AND ("{c}" OR "{d}")',
        lambda text: (
            f" {a} " in text
            and f" {b} " in text
            and (f" {c} " in text or f" {d} " in text)
            and near.search(text) is not None
        ),
    )


def any_word(world: World) -> str:
    """A frequent word as probably as a rare one: the logarithm of the rank is even. To be quoted: it may be "and"."""
    rank = int(len(world.words) ** world.random.uniform(0.5, 1.0)) - 1
    return world.words[rank]


MIXES = (of_the_dictionary, of_a_press_office, of_words_together, of_words_near)


def plain(story: Document) -> str:
    fields = (
        " ".join("".join(c if c.isalnum() else " " for c in field.lower()).split())
        for field in (story.title, story.summary, story.body)
    )
    return f" {' | '.join(fields)} "


def queries(world: World) -> None:
    """The same stories by 1,000 and by 10,000 queries; what `term in text` needs is told for some of the stories."""
    print(
        f"\n{'queries':>28} {'ms/story':>9} {'stories/s':>10} {'matches':>8} "
        f"{'term in text':>13} {'times':>6} {'same':>5}"
    )
    for mix in MIXES:
        before = 0.0
        for count in (1_000, 10_000):
            asked = [mix(world) for _ in range(count)]
            matcher = compile_watches([Watch(name=f"q{n}", query=one.query) for n, one in enumerate(asked)])
            whole = best(lambda matcher=matcher: judge_all(matcher, world.stories)) / len(world.stories)  # type: ignore[misc]
            found = judge_all(matcher, world.stories) / len(world.stories)
            sample = world.stories[:10]
            texts = [plain(story) for story in sample]
            terms = [term for one in asked for term in one.terms]
            slow = best(lambda: [[term in text for term in terms] for text in texts], 2) / len(texts)  # noqa: B023
            same = all(
                {match.watch for match in matcher.judge(story).matches}
                == {f"q{n}" for n, one in enumerate(asked) if one.holds(text)}
                for story, text in zip(sample, texts, strict=True)
            )
            print(
                f"{mix.__name__.replace('_', ' '):>21} {count:>6} {whole * 1000:9.3f} {1 / whole:10.0f} {found:8.2f} "
                f"{slow * 1000:13.1f} {slow / whole:6.0f} {same!s:>5}"
                + (f"   {whole / before:.1f} times as long" if before else "")
            )
            before = whole


def large(world: World) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    watches = [Watch(name=name) for name in world.names[:100_000]]
    start = time.process_time()
    compile_watches(watches)
    seconds = time.process_time() - start
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    print(f"\n{len(watches)} terms: compiled in {seconds:.2f} s of CPU, {grown:.0f} MB more at the peak")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stories", type=int, default=400)
    world = World(parser.parse_args().stories)
    names(world)
    queries(world)
    large(world)


if __name__ == "__main__":
    main()
