"""How much CPU the matcher takes, as a ratio to the bare automaton on folded text in the same run.

    python benchmarks/match.py            names, queries, compile time and memory
    python benchmarks/match.py --stories 4000

Stories are made of English words by their frequency (about 4 KB each, half with typographic quotes), with names strewn
in; the same seed gives the same stories. Times are CPU seconds of the process: wall times do not hold on a busy machine
and on a very busy one caches do not either, so compare ratios.
"""

from __future__ import annotations

import argparse
import random
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


def query_watches(world: World, count: int) -> list[Watch]:
    """(a OR b) AND c AND NOT d, of words by how many there are, not by how often they are used."""
    pick = world.random.Random if False else world.random
    words = world.words[100:]
    watches = []
    for number in range(count):
        a, b, c, d = pick.sample(words, 4)
        watches.append(Watch(name=f"q{number}", query=f'("{a}" OR "{b}") AND "{c}" AND NOT "{d}"'))
    return watches


def in_words(story: Document, watches: Sequence[Watch]) -> set[str]:
    """The same by `term in text` for every word of every query."""
    text = "".join(c if c.isalnum() else " " for c in f"{story.title} | {story.summary} | {story.body}".lower())
    text = f" {' '.join(text.split())} "
    found = set()
    for watch in watches:
        a, b, c, d = (watch.query or "").split('"')[1::2]
        if (f" {a} " in text or f" {b} " in text) and f" {c} " in text and f" {d} " not in text:
            found.add(watch.name)
    return found


def queries(world: World) -> None:
    print("\nqueries: (a OR b) AND c AND NOT d over the whole vocabulary")
    print(f"{'queries':>9} {'ms/story':>9} {'stories/s':>10} {'term in text':>13} {'times':>6} {'same':>5}")
    for count in (1_000, 10_000):
        watches = query_watches(world, count)
        matcher = compile_watches(watches)
        whole = best(lambda matcher=matcher: judge_all(matcher, world.stories)) / len(world.stories)  # type: ignore[misc]
        sample = world.stories[:10]
        slow = cpu(lambda watches=watches, sample=sample: [in_words(story, watches) for story in sample]) / len(sample)  # type: ignore[misc]
        same = all(
            {match.watch for match in matcher.judge(story).matches} == in_words(story, watches) for story in sample
        )
        print(f"{count:>9} {whole * 1000:9.3f} {1 / whole:10.0f} {slow * 1000:13.1f} {slow / whole:6.0f} {same!s:>5}")


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
