"""Variables of one element: what goes in, what comes out, and what nobody else sees."""

import pytest

from engine.ports import JobWait, UserTaskWait

START = '<startEvent id="s"/>'


def mapping(inner: str, attributes: str = "") -> str:
    inside = f"<corral:mapping {attributes}>{inner}</corral:mapping>"
    return f"<extensionElements>{inside}</extensionElements>"


def one_way(tag: str, name: str, value: str) -> str:
    return f'<corral:{tag} name="{name}" value="{value}"/>'


def seen(case, element):
    """Variables that the open user task shows."""
    token = case.wait(UserTaskWait, element).token
    return case.runner.variables(case.stored, case.state, token=token, catalogue=case.shelf)


def test_an_input_is_seen_by_its_element_alone_and_the_rest_comes_out(play, draw):
    # given
    inside = mapping(
        one_way("input", "local", "= total * 2") + one_way("input", "more", "= local + 1")
    )
    body = START + f'<userTask id="u">{inside}</userTask>' + draw.flow("s", "u")
    case = play(body, {"total": 5})
    assert seen(case, "u") == {"total": 5, "local": 10, "more": 11}

    # when
    case.do("u", local=99, answer="yes")

    # then
    assert case.completed
    assert case.data == {"total": 5, "answer": "yes"}
    assert case.ran == ["s", "u"]


def test_with_outputs_nothing_else_comes_out(play, draw):
    # given
    inside = mapping(one_way("input", "x", "= total") + one_way("output", "sum", "= x + y"))
    body = START + f'<userTask id="u">{inside}</userTask>' + draw.flow("s", "u")
    case = play(body, {"total": 5})

    # when
    case.do("u", y=2, total=100, noise=1)

    # then
    assert case.data == {"total": 5, "sum": 7}


def test_outputs_may_come_on_top_of_everything_else(play, draw):
    # given
    inside = mapping(one_way("output", "twice", "= y * 2"), 'allOut="true"')
    body = START + f'<userTask id="u">{inside}</userTask>' + draw.flow("s", "u")
    case = play(body)

    # when
    case.do("u", y=2)

    # then
    assert case.data == {"y": 2, "twice": 4}


def test_an_element_may_see_its_inputs_alone(play, draw):
    # given
    inside = mapping(one_way("input", "x", "= total"), 'allIn="false"')
    body = START + f'<userTask id="u">{inside}</userTask>' + draw.flow("s", "u")
    case = play(body, {"total": 5, "secret": 1})

    # when / then
    assert seen(case, "u") == {"x": 5}
    case.do("u", y=1)
    assert case.data == {"total": 5, "secret": 1, "y": 1}


def test_a_copy_is_left_out_where_nothing_is_there_to_copy(play, draw):
    # given
    copies = '<corral:copyIn name="x" source="a"/><corral:copyIn name="y" source="b"/>'
    copies += '<corral:copyOut name="c" source="x"/>'
    body = START + f'<userTask id="u">{mapping(copies)}</userTask>' + draw.flow("s", "u")
    case = play(body, {"a": 1})
    assert seen(case, "u") == {"a": 1, "x": 1}

    # when
    case.do("u")

    # then
    assert case.data == {"a": 1, "c": 1}


def test_the_variables_of_a_sub_process_are_its_own(play, draw):
    # given
    inside = mapping(one_way("input", "n", "= 1") + one_way("output", "out", "= n"))
    inside += '<startEvent id="s2"/><userTask id="u"/>' + draw.script("t", "n = n + 1")
    body = START + draw.sub("sub", inside + draw.flow("s2", "u", "t"))
    case = play(body + draw.flow("s", "sub"), {"n": 50})

    # when
    case.do("u", junk=True)

    # then
    assert case.completed
    assert case.data == {"n": 50, "out": 2}
    assert case.ran == ["s", "s2", "u", "t", "sub"]


def test_each_run_of_a_multi_instance_maps_for_itself(play, draw):
    # given
    loop = (
        '<multiInstanceLoopCharacteristics xmlns:n="urn:corral:normal" n:collection="items" '
        'n:item="item" n:output="results" n:output-item="r"/>'
    )
    inside = mapping(one_way("input", "x", "= item * 10") + one_way("output", "r", "= x + plus"))
    body = START + f'<userTask id="u">{inside}{loop}</userTask>' + draw.flow("s", "u")
    case = play(body, {"items": [1, 2]})

    # when
    case.do("u", plus=1)
    case.do("u", plus=2)

    # then
    assert case.completed
    assert case.data == {"items": [1, 2], "results": [11, 22]}


def test_a_job_is_handed_the_inputs_and_its_result_goes_through_the_outputs(play, draw):
    # given
    extension = (
        '<extensionElements><corral:job type="j"><corral:input name="p" value="= x"/></corral:job>'
        '<corral:mapping><corral:input name="x" value="= a + 1"/>'
        '<corral:output name="b" value="= answer"/></corral:mapping></extensionElements>'
    )
    body = START + f'<serviceTask id="j">{extension}</serviceTask>' + draw.flow("s", "j")
    case = play(body, {"a": 1})
    assert case.wait(JobWait, "j").payload == {"p": 2}

    # when
    case.job_done("j", answer=42, noise=1)

    # then
    assert case.data == {"a": 1, "b": 42}


def test_a_failed_input_is_an_incident_at_the_element_that_a_retry_cures(play, draw):
    # given
    inside = mapping(one_way("input", "x", "= missing"))
    case = play(START + f'<userTask id="u">{inside}</userTask>' + draw.flow("s", "u"))
    assert case.incident.element == "u"

    # when
    case.retry("u", missing=3)

    # then
    assert seen(case, "u")["x"] == 3


def test_a_failed_output_is_computed_again_without_doing_the_work_twice(play, draw):
    # given
    extension = (
        '<extensionElements><corral:job type="j"/>'
        '<corral:mapping><corral:output name="b" value="= answer + more"/></corral:mapping>'
        "</extensionElements>"
    )
    case = play(START + f'<serviceTask id="j">{extension}</serviceTask>' + draw.flow("s", "j"))
    case.job_done("j", answer=40)
    assert case.incident.element == "j"

    # when
    case.retry("j", more=2)

    # then
    assert case.completed
    assert case.data == {"more": 2, "b": 42}


def test_a_boundary_event_interrupts_an_element_with_variables_of_its_own(play, draw):
    # given
    inside = mapping(one_way("input", "x", "= 1"))
    body = START + f'<userTask id="u">{inside}</userTask><userTask id="z"/>'
    body += draw.boundary("b", "u", draw.message()) + draw.flow("s", "u") + draw.flow("b", "z")
    case = play(body)

    # when
    case.send()

    # then
    assert case.at() == ["z"]
    assert case.data == {}


def test_an_interrupted_sub_process_gives_out_what_it_wrote(play, draw):
    # given
    inside = mapping(one_way("input", "x", "= 1")) + '<startEvent id="s1"/><userTask id="u"/>'
    inside += draw.script("t", "wrote = x + n") + draw.flow("s1", "t", "u")
    body = START + draw.sub("sub", inside) + draw.boundary("b", "sub", draw.message())
    case = play(body + '<userTask id="z"/>' + draw.flow("s", "sub") + draw.flow("b", "z"), {"n": 4})

    # when
    case.send(n=5)

    # then
    assert case.at() == ["z"]
    assert case.data == {"n": 5, "wrote": 5}


def test_an_element_with_variables_of_its_own_is_undone_once(play, draw):
    # given
    inside = mapping(one_way("input", "x", "= 1") + one_way("output", "done", "= done + [x]"))
    body = START + draw.undoable("a").replace("<script>", inside + "<script>", 1)
    body += '<endEvent id="t"><compensateEventDefinition/></endEvent>'

    # when
    case = play(body + draw.flow("s", "a", "t"), {"done": []})

    # then
    assert case.completed
    assert case.data["done"] == ["a", 1, "undoa"]


@pytest.mark.parametrize("kind", ["intermediateCatchEvent", "receiveTask"])
def test_what_arrives_at_an_event_goes_through_its_outputs(play, draw, kind):
    # given
    inside = mapping(one_way("output", "kept", "= answer"))
    definition = draw.message() if kind == "intermediateCatchEvent" else ""
    body = START + f'<{kind} id="c" messageRef="m">{inside}{definition}</{kind}>'
    case = play(body + draw.flow("s", "c"))

    # when
    case.send(answer=1, noise=2)

    # then
    assert case.completed
    assert case.data == {"kept": 1}


def test_a_mapped_event_behind_an_event_gateway_ends_the_race(play, draw):
    # given
    inside = mapping(one_way("output", "kept", "= answer"))
    body = START + '<eventBasedGateway id="g"/>'
    body += f'<receiveTask id="r" messageRef="m">{inside}</receiveTask>'
    body += draw.catch("t", draw.duration("PT1H")) + '<userTask id="z"/>'
    body += draw.flow("s", "g", "r", "z") + draw.flow("g", "t")
    case = play(body)

    # when
    case.send(answer=1, noise=2)

    # then
    assert case.at() == ["z"]
    assert len(case.open) == 1
    assert case.data == {"kept": 1}


def test_boundary_start_and_handler_keep_what_their_outputs_name(play, draw):
    # given
    kept = mapping(one_way("output", "{}", "= answer"))
    start = f'<startEvent id="s">{kept.format("a")}{draw.message()}</startEvent>'
    beside = draw.boundary("b", "u", draw.message("n"), interrupting=False)
    beside = beside.replace("<messageEvent", kept.format("b") + "<messageEvent")
    inner = f'<startEvent id="h" isInterrupting="false">{kept.format("c")}<signalEventDefinition '
    inner += 'signalRef="sg"/></startEvent>'
    body = start + '<userTask id="u"/>' + beside + draw.flow("s", "u")
    body += draw.sub("e", inner, attributes='triggeredByEvent="true"')
    case = play(body, {"answer": 1, "noise": 2}, at="s")

    # when
    case.send("n", answer=2, noise=3)
    case.signal("sg", answer=3, noise=4)

    # then
    assert case.data == {"a": 1, "b": 2, "c": 3}


def test_what_arrived_is_still_there_where_an_output_of_the_start_cannot_be_kept(play, draw):
    # given
    kept = mapping(one_way("output", "a", "= 2 ** bits"))
    start = f'<startEvent id="s">{kept}{draw.message()}</startEvent>'
    case = play(start + '<userTask id="u"/>' + draw.flow("s", "u"), {"bits": 70}, at="s")
    assert case.incident.element == "s"
    assert case.data == {"bits": 70}

    # when
    case.retry("s", bits=7)

    # then
    assert case.at() == ["u"]
    assert case.data == {"a": 128}


def test_a_thrown_message_carries_what_the_inputs_computed(play, draw):
    # given
    extension = (
        '<extensionElements><corral:mapping><corral:input name="x" value="= a + 1"/>'
        '</corral:mapping><corral:message><corral:input name="p" value="= x"/></corral:message>'
        "</extensionElements>"
    )
    body = START + f'<endEvent id="e">{extension}{draw.message()}</endEvent>'

    # when
    case = play(body + draw.flow("s", "e"), {"a": 1})

    # then
    assert case.completed
    assert case.last.thrown[0].payload == {"p": 2}
    assert case.data == {"a": 1}


def test_an_error_of_a_job_leaves_an_element_with_variables_of_its_own(play, draw):
    # given
    extension = (
        '<extensionElements><corral:job type="j"/><corral:mapping>'
        '<corral:input name="x" value="= 1"/></corral:mapping></extensionElements>'
    )
    body = START + f'<serviceTask id="j">{extension}</serviceTask><userTask id="z"/>'
    body += draw.boundary("b", "j", '<errorEventDefinition errorRef="e1"/>')
    case = play(body + draw.flow("s", "j") + draw.flow("b", "z"))

    # when
    case.job_error("j", "E1", "no stock")

    # then
    assert case.at() == ["z"]
    assert case.data["error"]["message"] == "no stock"
    assert "x" not in case.data


def test_a_script_that_fails_inside_can_be_tried_again_with_its_own_variables(play, draw):
    # given
    inside = mapping(one_way("input", "x", "= 2"))
    body = START + draw.script("t", "y = x / d", inner=inside)
    case = play(body + draw.flow("s", "t"), {"d": 0})
    assert case.incident.element == "t"

    # when
    case.retry("t", d=4)

    # then
    assert case.completed
    assert case.data == {"d": 4, "y": 0.5}


def test_a_mapping_of_a_run_that_stays_armed_beside_its_activity(play, draw):
    # given
    inside = mapping(one_way("input", "x", "= 1"))
    body = START + f'<userTask id="u">{inside}</userTask><userTask id="z"/>'
    body += draw.boundary("b", "u", draw.message(), interrupting=False)
    case = play(body + draw.flow("s", "u") + draw.flow("b", "z"))

    # when
    case.send(n=1)
    case.send(n=2)

    # then
    assert case.at() == ["u", "z", "z"]
    case.do("u", answer=1)
    assert case.data == {"n": 2, "answer": 1}


def test_the_history_says_what_an_element_with_its_own_variables_overwrote(play, draw):
    # given
    inside = mapping(one_way("input", "x", "= 1"))
    body = START + f'<userTask id="u">{inside}</userTask><userTask id="v"/>'
    case = play(body + draw.flow("s", "u") + draw.flow("s", "v"), {"n": 0})
    case.do("v", n=1)

    # when
    case.do("u", n=2)

    # then
    (line,) = [entry for entry in case.last.history if entry.element == "u"]
    assert line.detail["overwritten"] == [{"variable": "n", "before": 1, "after": 2}]
    assert case.data == {"n": 2}
