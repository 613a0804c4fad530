"""Blocks of random processes in which something happens: events, work of others, ends of all kinds.

See ``random_processes.py``.
"""

#: So far away that it never comes.
FAR = "P9000D"


class EventBlocks:
    """Blocks on what :class:`tests.engine.bpmn.running.random_processes.Maker` has."""

    # -- events ------------------------------------------------------------------------------------

    def _event(self, *kinds):
        """Return a definition of an event that only one place waits for."""
        key = self.name("n")
        kind = self.rng.choice(kinds or ["message", "signal", "timer"])
        if kind == "timer":
            return self.draw.duration("PT1H")
        self.more += f'<{kind} id="{key}" name="{key}"/>'
        return f'<{kind}EventDefinition {kind}Ref="{key}"/>'

    def _blocked(self, depth):
        """Return a block and a user task behind it that is never completed."""
        self.looping += 1
        body, stuck = self.block(depth), self.user(0)
        self.looping -= 1
        self.never.add(stuck[1])
        return body[0] + stuck[0] + self.draw.flow(body[2], stuck[1]), body

    def caught(self, _):
        key = self.name("k")
        return self.draw.catch(key, self._event()), key, key, lambda data: [key]

    def raced(self, _):
        """One of two events comes; the other one is not waited for any more."""
        gate, first, other, out = (self.name(stem) for stem in "gkkm")
        self.never.add(other)
        xml = f'<eventBasedGateway id="{gate}"/><task id="{out}"/>'
        xml += self.draw.catch(first, self._event())
        xml += self.draw.catch(other, self.draw.duration(FAR))
        xml += self.draw.flow(gate, first, out) + self.draw.flow(gate, other, out)
        return xml, gate, out, lambda data: [gate, first, out]

    def worked(self, _):
        key = self.name("j")
        return self._job(key), key, key, lambda data: [key]

    def refused(self, _):
        """Work that fails with an error, which its boundary event takes."""
        key, boundary = self.name("fail"), self.name("b")
        out = self.script(0)
        error = '<errorEventDefinition errorRef="e1"/>'
        xml = self._job(key) + out[0] + self.draw.boundary(boundary, key, error)

        def run(data):
            data["error"] = {"code": "E1", "message": "e1"}
            return [boundary, *out[3](data)]

        return xml + self.draw.flow(boundary, out[1]), key, out[1], run

    def _job(self, key):
        job = '<corral:job type="work"/>'
        return f'<serviceTask id="{key}">{self.draw.extended(job)}</serviceTask>'

    def overtaken(self, depth):
        """A sub-process that an event interrupts."""
        key, boundary, out = self.name("s"), self.name("b"), self.script(0)
        self.late[boundary] = self.number
        body, block = self._blocked(depth)
        xml = self.draw.sub(key, body) + out[0] + self.draw.flow(boundary, out[1])
        xml += self.draw.boundary(boundary, key, self._event("message", "signal"))
        return xml, key, out[1], lambda data: [*block[3](data), boundary, *out[3](data)]

    def given_up(self, _):
        """A user task that an event interrupts."""
        boundary, stuck, out = self.name("b"), self.user(0), self.script(0)
        self.never.add(stuck[1])
        xml = stuck[0] + out[0] + self.draw.flow(boundary, out[1])
        xml += self.draw.boundary(boundary, stuck[1], self._event())
        return xml, stuck[1], out[1], lambda data: [boundary, *out[3](data)]

    def reminded(self, _):
        """A user task beside which something happens without interrupting it."""
        boundary, key, out = self.name("b"), self.name("u"), self.script(0)
        self.late[key] = self.number
        xml = f'<userTask id="{key}"/>' + out[0] + self.draw.flow(boundary, out[1])
        xml += self.draw.boundary(boundary, key, self.draw.duration("PT1H"), interrupting=False)
        return xml, key, key, lambda data: [boundary, *out[3](data), key]

    def _handler(self, event, *, interrupting):
        key, start, out = self.name("h"), self.name("e"), self.script(0)
        kept = "" if interrupting else 'isInterrupting="false"'
        inside = f'<startEvent id="{start}" {kept}>{event}</startEvent>' + out[0]
        inside += self.draw.flow(start, out[1])
        xml = self.draw.sub(key, inside, attributes='triggeredByEvent="true"')
        return xml, start, lambda data: [start, *out[3](data), key]

    def handled(self, depth):
        """A sub-process whose event sub-process interrupts it."""
        key = self.name("s")
        number = self.number
        body, block = self._blocked(depth)
        event = self._event("message", "signal")
        handler, start, run = self._handler(event, interrupting=True)
        self.late[start] = number
        xml = self.draw.sub(key, body + handler)
        return xml, key, key, lambda data: [*block[3](data), *run(data), key]

    def noted(self, depth):
        """A sub-process beside which its event sub-process runs once."""
        key = self.name("s")
        number = self.number
        self.looping += 1
        body, last = self.block(depth), self.user(0)
        self.looping -= 1
        handler, _, run = self._handler(self.draw.duration("PT1H"), interrupting=False)
        self.late[last[1]] = number
        xml = self.draw.sub(key, body[0] + last[0] + self.draw.flow(body[2], last[1]) + handler)
        return xml, key, key, lambda data: [*body[3](data), *run(data), *last[3](data), key]

    def runs(self, _):
        """Parallel runs of a user task, or of a sub-process with one."""
        times = self.rng.randint(0, 3)
        loop = (
            "<multiInstanceLoopCharacteristics>"
            f"<loopCardinality>{times}</loopCardinality></multiInstanceLoopCharacteristics>"
        )
        key = self.name("p")
        if self.rng.random() < 0.5:
            xml = f'<userTask id="{key}">{loop}</userTask>'
            return xml, key, key, lambda data: [key] * (times + 1)
        body = self.user(0)
        xml = self.draw.sub(key, loop + body[0])
        return xml, key, key, lambda data: [*body[3](data), key] * times + [key]

    def undone_scope(self, _):
        """A sub-process with two things done, and the event that undoes both."""
        key, throw = self.name("s"), self.name("x")
        inside, done, undone = "", [], []
        for _ in range(2):
            one, boundary, undo = (self.name(stem) for stem in "tbt")
            self.variables.update({one: 0, undo: 0})
            inside += self.draw.script(one, f"{one} = {one} + 1")
            inside += self.draw.boundary(boundary, one, "<compensateEventDefinition/>")
            inside += self.draw.script(undo, f"{undo} = {undo} + 1", 'isForCompensation="true"')
            inside += f'<association id="a{undo}" sourceRef="{boundary}" targetRef="{undo}"/>'
            done.append(one)
            undone.append(undo)
        xml = self.draw.sub(key, inside + self.draw.flow(*done))
        definition = f'<compensateEventDefinition activityRef="{key}"/>'
        xml += f'<intermediateThrowEvent id="{throw}">{definition}</intermediateThrowEvent>'

        def run(data):
            for each in (*done, *undone):
                data[each] += 1
            return [*done, key, *undone, throw]

        return xml + self.draw.flow(key, throw), key, throw, run

    def terminated(self, depth):
        """A sub-process that ends at once, though something in it still waits."""
        key, fork, end = (self.name(stem) for stem in "sgz")
        self.looping += 1
        body, stuck = self.block(depth), self.user(0)
        self.looping -= 1
        self.never.add(stuck[1])
        inside = f'<parallelGateway id="{fork}"/>' + body[0] + stuck[0]
        inside += f'<endEvent id="{end}"><terminateEventDefinition/></endEvent>'
        inside += self.draw.flow(fork, body[1]) + self.draw.flow(fork, stuck[1])
        inside += self.draw.flow(body[2], end)
        return self.draw.sub(key, inside), key, key, lambda data: [fork, *body[3](data), end, key]

    def escalated(self, depth):
        """A sub-process that tells of something while it goes on."""
        key, throw, boundary, body = (
            self.name("s"),
            self.name("x"),
            self.name("b"),
            self.block(depth),
        )
        out = self.script(0)
        definition = '<escalationEventDefinition escalationRef="x1"/>'
        inside = f'<intermediateThrowEvent id="{throw}">{definition}</intermediateThrowEvent>'
        inside += body[0] + self.draw.flow(throw, body[1])
        xml = self.draw.sub(key, inside) + out[0] + self.draw.flow(boundary, out[1])
        xml += self.draw.boundary(boundary, key, definition, interrupting=False)

        def run(data):
            data["escalation"] = {"code": "X1", "message": "x1"}
            return [throw, boundary, *out[3](data), *body[3](data), key]

        return xml, key, key, run
