"""Random block-structured processes, and what each of them must do.

A block is its XML, its first and its last element, and a function that says what running it does:
which elements complete, and what becomes of the variables. Every script counts in a variable of
its own, so the parallel result equals the sequential one, whatever the order of what happens.

What interrupts must not cut off work half way, or nobody could say what was done: it comes when
nothing else can happen (``Maker.late``), and what it interrupts waits for ever (``Maker.never``).
"""

import itertools

from tests.engine.bpmn.running.random_events import EventBlocks


class Maker(EventBlocks):
    """Makes blocks: XML, first element, last element, and what running them does."""

    def __init__(self, draw, rng):
        self.draw, self.rng = draw, rng
        self.number, self.looping = 0, 0
        self.variables = {}
        self.called_processes = []
        self.more = ""  #: messages and signals, beside the processes
        #: Elements that wait for ever: something interrupts them, or ends without them.
        self.never = set()
        #: Elements whose turn comes when nothing else can happen, with the inner ones first.
        self.late = {}

    def name(self, stem):
        self.number += 1
        return f"{stem}{self.number}"

    def block(self, depth):
        kinds = ["script", "user"]
        if depth > 0:
            kinds += ["seq", "xor", "par", "inc", "loop", "sub", "multi", "implicit"]
            kinds += ["guarded", "failing", "called", "undone", "ad_hoc", "mapped"]
            kinds += ["caught", "raced", "worked", "refused", "overtaken", "given_up", "reminded"]
            kinds += ["handled", "noted", "runs", "undone_scope", "terminated", "escalated"]
            # A side branch that outlives its turn of a loop would race with the next one.
            kinds += ["discard"] * (not self.looping)
        return getattr(self, self.rng.choice(kinds))(depth - 1)

    def script(self, _):
        key = self.name("t")
        self.variables[key] = 0

        def run(data):
            data[key] += 1
            return [key]

        return self.draw.script(key, f"{key} = {key} + 1"), key, key, run

    def user(self, _):
        key = self.name("u")
        return f'<userTask id="{key}"/>', key, key, lambda data: [key]

    def seq(self, depth):
        parts = [self.block(depth) for _ in range(self.rng.randint(2, 3))]
        xml = "".join(part[0] for part in parts)
        for one, following in itertools.pairwise(parts):
            xml += self.draw.flow(one[2], following[1])
        return xml, parts[0][1], parts[-1][2], lambda data: _all(parts, data)

    def _fork(self, depth, kind, pick):
        fork, join = self.name("g"), self.name("j")
        parts = [self.block(depth) for _ in range(self.rng.randint(2, 3))]
        chosen = pick(parts)
        xml = f'<{kind} id="{fork}"/><{kind} id="{join}"/>' + "".join(part[0] for part in parts)
        for part in parts:
            flag = self.name("c")
            self.variables[flag] = part in chosen
            if kind == "parallelGateway":
                xml += self.draw.flow(fork, part[1])
            else:
                xml += self.draw.when(fork, part[1], flag)
            xml += self.draw.flow(part[2], join)
        return xml, fork, join, lambda data: [fork, *_all(chosen, data), join]

    def xor(self, depth):
        return self._fork(depth, "exclusiveGateway", lambda parts: [self.rng.choice(parts)])

    def par(self, depth):
        return self._fork(depth, "parallelGateway", lambda parts: parts)

    def inc(self, depth):
        def some(parts):
            return self.rng.sample(parts, self.rng.randint(1, len(parts)))

        return self._fork(depth, "inclusiveGateway", some)

    def implicit(self, depth):
        first, join = self.script(0), self.name("j")
        key = first[1]
        parts = [self.block(depth) for _ in range(2)]
        xml = first[0] + f'<parallelGateway id="{join}"/>'
        for part in parts:
            xml += part[0] + self.draw.flow(key, part[1]) + self.draw.flow(part[2], join)
        return xml, key, join, lambda data: [*first[3](data), *_all(parts, data), join]

    def discard(self, depth):
        fork = self.name("g")
        on, side = self.block(depth), self.block(depth)
        xml = f'<parallelGateway id="{fork}"/>' + on[0] + side[0]
        xml += self.draw.flow(fork, on[1]) + self.draw.flow(fork, side[1])
        return xml, fork, on[2], lambda data: [fork, *on[3](data), *side[3](data)]

    def loop(self, depth):
        head, gate, out = self.name("m"), self.name("g"), self.name("m")
        self.looping += 1
        body = self.block(depth)
        self.looping -= 1
        count, turns = self.script(0), self.rng.randint(1, 3)
        key = count[1]
        xml = self.draw.nodes("exclusiveGateway", head, out)
        xml += f'<exclusiveGateway id="{gate}" default="{gate}-{out}"/>' + body[0] + count[0]
        xml += self.draw.flow(head, body[1]) + self.draw.flow(body[2], key, gate, out)
        xml += self.draw.when(gate, head, f"{key} % {turns} != 0")

        def run(data):
            ran = []
            while True:
                ran += [head, *body[3](data), *count[3](data), gate]
                if data[key] % turns == 0:
                    return [*ran, out]

        return xml, head, out, run

    def sub(self, depth):
        key, body = self.name("s"), self.block(depth)
        return self.draw.sub(key, body[0]), key, key, lambda data: [*body[3](data), key]

    def multi(self, depth):
        key = self.name("s")
        body = self.user(0) if self.rng.random() < 0.5 else self.script(0)
        times = self.rng.randint(0, 3)
        # In parallel, each instance would count from the same copy.
        loop = (
            '<multiInstanceLoopCharacteristics isSequential="true">'
            f"<loopCardinality>{times}</loopCardinality></multiInstanceLoopCharacteristics>"
        )
        xml = self.draw.sub(key, loop + body[0])

        def run(data):
            return [*(one for _ in range(times) for one in [*body[3](data), key]), key]

        return xml, key, key, run

    def guarded(self, depth):
        """A sub-process whose event sub-process is never triggered."""
        key, start, never, body = self.name("s"), self.name("e"), self.name("t"), self.block(depth)
        self.never.add(start)
        handler = f'<startEvent id="{start}">{self.draw.message("n")}</startEvent>'
        handler += f'<task id="{never}"/>' + self.draw.flow(start, never)
        handler = self.draw.sub(self.name("h"), handler, attributes='triggeredByEvent="true"')
        xml = self.draw.sub(key, body[0] + handler)
        return xml, key, key, lambda data: [*body[3](data), key]

    def failing(self, depth):
        """A sub-process that ends in an error, which its boundary event takes."""
        key, end, boundary, out = (self.name(stem) for stem in "sebm")
        self.looping += 1  # what is beside the error would be cut off at some point
        body = self.block(depth)
        self.looping -= 1
        error = '<errorEventDefinition errorRef="e1"/>'
        inside = body[0] + f'<endEvent id="{end}">{error}</endEvent>' + self.draw.flow(body[2], end)
        xml = self.draw.sub(key, inside) + self.draw.boundary(boundary, key, error)
        xml += f'<task id="{out}"/>' + self.draw.flow(boundary, out)

        def run(data):
            ran = body[3](data)
            data["error"] = {"code": "E1", "message": "e1"}
            return [*ran, end, boundary, out]

        return xml, key, out, run

    def called(self, depth):
        key, process, start, body = (
            self.name("c"),
            self.name("q"),
            self.name("s"),
            self.block(depth),
        )
        inside = f'<startEvent id="{start}"/>' + body[0] + self.draw.flow(start, body[1])
        self.called_processes.append((process, inside))
        xml = f'<callActivity id="{key}" calledElement="{process}"/>'
        return xml, key, key, lambda data: [start, *body[3](data), key]

    def undone(self, _):
        """A script and the event that undoes it."""
        done, boundary, undo, throw = (self.name(stem) for stem in ("t", "b", "t", "x"))
        self.variables.update({done: 0, undo: 0})
        xml = self.draw.script(done, f"{done} = {done} + 1")
        xml += self.draw.boundary(boundary, done, "<compensateEventDefinition/>")
        xml += self.draw.script(undo, f"{undo} = {undo} + {done}", 'isForCompensation="true"')
        xml += f'<association id="a{undo}" sourceRef="{boundary}" targetRef="{undo}"/>'
        definition = f'<compensateEventDefinition activityRef="{done}"/>'
        xml += f'<intermediateThrowEvent id="{throw}">{definition}</intermediateThrowEvent>'

        def run(data):
            data[done] += 1
            data[undo] += data[done]
            return [done, undo, throw]

        return xml + self.draw.flow(done, throw), done, throw, run

    def ad_hoc(self, depth):
        key, ordering = self.name("s"), self.rng.choice(["Sequential", "Parallel"])
        parts = [self.block(0) for _ in range(self.rng.randint(2, 3))]
        inside = "".join(part[0] for part in parts)
        xml = self.draw.sub(key, inside, "adHocSubProcess", f'ordering="{ordering}"')
        return xml, key, key, lambda data: [*_all(parts, data), key]

    def mapped(self, depth):
        """A sub-process with a variable of its own, which hides one around it."""
        key, body = self.name("s"), self.block(depth)
        local = '<corral:mapping><corral:input name="own" value="= 1"/></corral:mapping>'
        xml = self.draw.sub(key, self.draw.extended(local) + body[0])
        return xml, key, key, lambda data: [*body[3](data), key]


def _all(parts, data):
    return [key for part in parts for key in part[3](data)]
