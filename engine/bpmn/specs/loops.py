"""Activities that run several times: standard loops and multi-instance activities.

Each run is a token at the *inner* element, attached to the loop's own. It works on a copy of the
variables (values never change in place, so a shallow one) that merges back when it is done.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine.bpmn import routing
from engine.bpmn.errors import ElementError
from engine.bpmn.specs.element import Element, Origin, ScopeSpec
from engine.bpmn.specs.triggers import CodedTrigger, MessageTrigger, SignalTrigger, Trigger
from engine.bpmn.token import READY, STARTED, WAITING, Token
from engine.bpmn.variables import seen_outside, storable

if TYPE_CHECKING:
    from engine.bpmn.expressions import Expression

#: Instances of one multi-instance activity; more would be one transaction for ever.
MOST_INSTANCES = 10_000


class Repeated(Element):
    """What loops and multi-instance activities have in common."""

    is_activity = True
    is_repeated = True
    #: What ``loopCounter`` is in the first run; where FEEL is spoken, lists begin at 1.
    first = 0

    def __init__(self, scope: ScopeSpec, name: str, origin: Origin, inner: Element) -> None:
        """``inner`` is what runs; no flow leads to or from it."""
        super().__init__(scope, name, origin)
        self.inner = inner

    def launch(self, my_task: Token, index: int, **local: Any) -> None:
        """Start one run with ``local`` variables that stay in it."""
        names = {"loopCounter": self.first + index, **local}
        child = my_task.workflow.put(self.inner, parent=my_task, data={**my_task.data, **names})
        child.internal_data.update(local=list(names), index=index)

    def absorb(self, my_task: Token, child: Token) -> None:
        """Take over what a run changed since it was launched, but for its local variables."""
        local = child.internal_data["local"]
        base = my_task.internal_data["base"]
        my_task.workflow.top_workflow.take_over(
            my_task, base, seen_outside(child.data, local, base)
        )

    def go_on(self, my_task: Token) -> None:
        """Let the loop itself complete, in its turn."""
        my_task.wait(READY)
        my_task.workflow.top_workflow.queue.append(my_task)


class StandardLoop(Repeated):
    """Runs while its condition holds, or a number of times; one run after the other."""

    def __init__(
        self,
        scope: ScopeSpec,
        name: str,
        origin: Origin,
        inner: Element,
        *,
        condition: Expression | None,
        maximum: int | None,
        before: bool,
    ) -> None:
        """``before``: the condition is looked at before the first run too."""
        super().__init__(scope, name, origin, inner)
        self.condition, self.maximum, self.before = condition, maximum, before

    def _update_hook(self, my_task: Token) -> bool:
        my_task.internal_data["turn"] = 0
        if self.before and not self._again(my_task):
            return True
        return self._turn(my_task)

    def _turn(self, my_task: Token) -> bool:
        my_task.internal_data["base"] = dict(my_task.data)
        self.launch(my_task, my_task.internal_data["turn"])
        return my_task.wait(STARTED)

    def _again(self, my_task: Token) -> bool:
        turn = my_task.internal_data["turn"]
        if self.maximum is not None and turn >= self.maximum:
            return False
        if self.condition is None:
            return True
        names = {**my_task.data, "loopCounter": turn}
        return bool(self.condition.evaluate(names, now=my_task.workflow.top_workflow.now))

    def child_done(self, my_task: Token, child: Token) -> None:
        """Run again, or leave."""
        if my_task.state != STARTED:
            return
        self.absorb(my_task, child)
        my_task.internal_data["turn"] += 1
        if self._again(my_task):
            self._turn(my_task)
        else:
            self.go_on(my_task)


@dataclass(frozen=True, slots=True)
class Behaviour:
    """When a multi-instance activity throws an event at its own boundary.

    ``name`` is the standard's: ``All`` never, ``None`` after each run, ``One`` after the first,
    ``Complex`` after each run whose condition holds.
    """

    name: str = "All"
    events: tuple[tuple[Expression | None, Trigger], ...] = ()


@dataclass(frozen=True, slots=True)
class Instances:
    """How a multi-instance activity runs: how many, on what, until when."""

    sequential: bool = False
    cardinality: Expression | None = None
    collection: Expression | None = None
    item: str | None = None  #: variable that holds the item of the collection
    output: str | None = None  #: variable that gets the list of results
    output_item: Expression | None = None  #: the result of one run
    condition: Expression | None = None
    behaviour: Behaviour = Behaviour()


class MultiInstance(Repeated):
    """Runs once for each item, all at once or one after the other; results keep their order."""

    def __init__(
        self, scope: ScopeSpec, name: str, origin: Origin, inner: Element, instances: Instances
    ) -> None:
        """``instances`` say how."""
        super().__init__(scope, name, origin, inner)
        self.instances = instances

    def _update_hook(self, my_task: Token) -> bool:
        return self.begin(my_task, self._items(my_task))

    def begin(self, my_task: Token, items: list[Any]) -> bool:
        """Start the first run, or all of them; True when there is nothing to do."""
        my_task.internal_data.update(
            items=items,
            next=0,
            done=0,
            results=[None] * len(items),
            thrown=False,
            base=dict(my_task.data),
        )
        if not items:
            self._give_results(my_task)
            return True
        my_task.wait(STARTED)
        for _ in range(1 if self.instances.sequential else len(items)):
            self._start_next(my_task)
        return False

    def _items(self, my_task: Token) -> list[Any]:
        how = self.instances
        if how.collection is not None:
            found = my_task.evaluate(how.collection)
            items = list(found.values()) if isinstance(found, dict) else found
            if not isinstance(items, list | tuple):
                raise ElementError(
                    f"The collection '{how.collection.text}' is {found!r}, which is no list.",
                    "Correct the variable, or the name of the collection.",
                )
            items = storable(list(items), how.collection.text)
        else:
            items = list(range(self._count(my_task)))
        if len(items) > MOST_INSTANCES:
            raise ElementError(
                f"The activity would run {len(items):,} times.",
                f"Split the work: at most {MOST_INSTANCES:,} instances are run at one element.",
            )
        return items

    def _count(self, my_task: Token) -> int:
        expression = self.instances.cardinality
        count = my_task.evaluate(expression) if expression is not None else 1
        whole = isinstance(count, int) or (isinstance(count, float) and count.is_integer())
        if isinstance(count, bool) or not whole or count < 0:
            raise ElementError(
                f"The loop cardinality is {count!r}.", "Give a whole number that is 0 or more."
            )
        if count > MOST_INSTANCES:
            return MOST_INSTANCES + 1
        return int(count)

    def _start_next(self, my_task: Token) -> None:
        known = my_task.internal_data
        index = known["next"]
        known["next"] += 1
        # Most engines let a run see how many there are; the standard's name is for conditions only.
        names = {"nrOfInstances": len(known["items"])}
        if self.instances.item:
            names[self.instances.item] = known["items"][index]
        self.launch(my_task, index, **names)

    def _give_results(self, my_task: Token) -> None:
        if self.instances.output:
            results = my_task.internal_data["results"]
            my_task.workflow.top_workflow.assign(my_task, {self.instances.output: results})

    def collect(self, my_task: Token, child: Token) -> None:
        """Compute the result of a run while it is still here, so that a failure is its own."""
        expression = self.instances.output_item
        if expression is None or child.task_spec is not self.inner:
            return
        known = my_task.internal_data
        value = storable(child.evaluate(expression), expression.text)
        known["results"][child.internal_data["index"]] = value
        if expression.text.isidentifier():
            child.internal_data["local"].append(expression.text)

    def child_done(self, my_task: Token, child: Token) -> None:
        """Take the run's changes over; start the next, or leave when enough are done."""
        if my_task.state != STARTED:
            return
        known = my_task.internal_data
        self.absorb(my_task, child)
        known["done"] += 1
        self._throw(my_task, child)
        if not my_task.alive or my_task.state != STARTED:
            return
        if self._enough(my_task, child):
            for other in list(my_task.children):
                if other.task_spec is self.inner:
                    other.cancel()
            self._give_results(my_task)
            self.go_on(my_task)
        elif self.instances.sequential:
            known["base"] = dict(my_task.data)
            self._start_next(my_task)

    def _enough(self, my_task: Token, child: Token) -> bool:
        known = my_task.internal_data
        if known["done"] == len(known["items"]):
            return True
        condition = self.instances.condition
        return condition is not None and bool(self._counted(my_task, child, condition))

    def _counted(self, my_task: Token, child: Token, condition: Expression) -> Any:
        """Return what ``condition`` gives after ``child``; it may look at how many there are."""
        known = my_task.internal_data
        counts = {
            "Instances": len(known["items"]),
            "CompletedInstances": known["done"],
            "ActiveInstances": known["next"] - known["done"],
            "TerminatedInstances": 0,
        }
        variables = {**my_task.data, **child.data}
        # The standard's names, and those of most engines.
        for short in ("numberOf", "nrOf"):
            variables.update({short + name: count for name, count in counts.items()})
        return condition.evaluate(variables, now=my_task.workflow.top_workflow.now)

    def _throw(self, my_task: Token, child: Token) -> None:
        behaviour, known = self.instances.behaviour, my_task.internal_data
        if behaviour.name == "All" or (behaviour.name == "One" and known["thrown"]):
            return
        for condition, trigger in behaviour.events:
            if condition is None or self._counted(my_task, child, condition):
                known["thrown"] = True
                throw_implicit(my_task, trigger)


def throw_implicit(activity: Token, trigger: Trigger) -> None:
    """Throw at the activity's own boundary; the boundary event does not end the activity.

    An interrupting boundary would end the activity after its first run, and the standard's
    behaviours ``None`` and ``One`` would mean nothing.
    """
    for boundary in list(activity.children):
        if not boundary.task_spec.is_boundary or boundary.state != WAITING:
            continue
        for slot, pending in boundary.task_spec.pending(boundary):
            if _matches(pending, trigger):
                boundary.internal_data["implicit"] = True
                boundary.task_spec.fire(boundary, slot, {})
                return
    routing.throw(activity.workflow.top_workflow, activity, trigger)


def _matches(pending: Trigger, thrown: Trigger) -> bool:
    if type(pending) is not type(thrown):
        return False
    if isinstance(thrown, CodedTrigger):
        return pending.code in (None, thrown.code)
    return isinstance(thrown, MessageTrigger | SignalTrigger) and pending.name == thrown.name
