"""What is personal data, and what only looks like it."""

from __future__ import annotations

import pytest

from channels.personal import found, pattern

REGIONS = ("GB", "US", "DE", "FR", "ES", "IT")

PERSONAL = [
    ("phone", "Call me on +49 30 901820 please", "+49 30 901820"),
    ("phone", "Rufen Sie mich an: 0171 1234567", "0171 1234567"),
    ("phone", "Tel.: 030/901820", "030/901820"),
    ("phone", "phone number: 0171 1234567", "0171 1234567"),
    ("phone", "mon numéro 06 12 34 56 78", "06 12 34 56 78"),
    ("phone", "Appelez le 06.12.34.56.78", "06.12.34.56.78"),
    ("phone", "call 020 7946 0958 any time", "020 7946 0958"),
    ("phone", "(415) 555-2671 is his line", "(415) 555-2671"),
    ("phone", "ring 4155552671", "4155552671"),
    ("phone", "llámame al 612 345 678", "612 345 678"),
    ("phone", "chiamami: 0039 06 698 12345", "0039 06 698 12345"),
    ("phone", "اتصل بنا +966 11 461 0000", "+966 11 461 0000"),
    ("phone", "お電話 +81 3-1234-5678", "+81 3-1234-5678"),
    ("phone", "02.03.2026: call +44 20 7946 0958", "+44 20 7946 0958"),
    ("email", "write to maya.torres@example.co.uk please", "maya.torres@example.co.uk"),
    ("email", "schreiben Sie an müller@straße.example.", "müller@straße.example"),
    ("card", "Karte 4111 1111 1111 1111", "4111 1111 1111 1111"),
    ("card", "card 5500-0055-5555-5559, exp 12/28", "5500-0055-5555-5559"),
    ("card", "378282246310005", "378282246310005"),
    ("iban", "IBAN: DE89 3704 0044 0532 0130 00", "DE89 3704 0044 0532 0130 00"),
    ("iban", "gb82west12345698765432!", "gb82west12345698765432"),
    ("iban", "FR14 2004 1010 0505 0001 3M02 606 merci", "FR14 2004 1010 0505 0001 3M02 606"),
    ("order", "your order NW-123456 has left", "NW-123456"),
    ("order", "bestelling nw-654321", "nw-654321"),
]

HARMLESS = [
    "Ticket 12345678 vom 2026-03-02 um 14:30 Uhr",
    "Ticket #2026-000123 is open since 02/03/2026",
    "order 4155552671 left on 03.02.2026 14:00",
    "order number 302-555-2671",
    "Sendung 00340434161094042557 ist unterwegs",
    "UPS 1Z999AA10123456784",
    "case 2026030212 and case 0171 1234567",
    "Vorgang 0012345678",
    "Bestellnummer 302-1234567-1234567",
    "le dossier n° 0612345678 est ouvert",
    "commande numéro 06 12 34 56 78",
    "caso es 612345678",
    "El 02/03/2026 a las 10.30 estaremos allí",
    "PO 4500123456, invoice 0049301234",
    "10.000.000 Euro, $1,234,567.89 and 1 000 000 €",
    "open 09:00-17:30, 2026-03-02T10:00:00Z",
    "between 2026-2030, or 2021-2022-2023",
    "12.03.2026, 10:15 bis 12:30 Uhr",
    "IMEI 356938035643809",
    "version 10.0.19045.3803",
    "Zählerstand 0012345,7 kWh",
    "ISBN 978-3-16-148410-0",
    "https://x.com/i/status/1234567890123456789",
    "@bob@mastodon.social thank you, @maya",
    "注文番号 1234567890 は 2026年3月2日 14:30 に",
    "4111 1111 1111 1112 is no card, 0000 0000 0000 0000 neither",
    "DE89 3704 0044 0532 0130 01 is no account",
    "Flight BA2490 at 0815",
    "We answer 24/7, 1 800 parcels in 30 days",
    "your parcel 0123456789 arrives",
    "Das kostet 12.345.678,90 EUR",
]


@pytest.mark.parametrize(("kind", "text", "piece"), PERSONAL)
def test_personal_data_is_found_where_it_stands(kind: str, text: str, piece: str) -> None:
    # when
    (one,) = found(text, regions=REGIONS, orders=("NW-######",))

    # then
    assert (one.kind, one.text) == (kind, piece)
    assert text[one.start :].startswith(piece)


@pytest.mark.parametrize("text", HARMLESS)
def test_dates_sums_and_numbers_of_tickets_are_nobodys_data(text: str) -> None:
    assert found(text, regions=REGIONS) == []


def test_our_own_numbers_and_addresses_may_be_said() -> None:
    # given
    text = "Call 020 7946 0958 or write to help@care.northwind.example, not to eve@evil.example"
    own = ("+44 20 7946 0958", "northwind.example")

    # then
    assert [one.text for one in found(text, regions=REGIONS, own=own)] == ["eve@evil.example"]
    assert len(found(text, regions=REGIONS)) == 3


def test_several_pieces_are_told_in_the_order_of_the_text() -> None:
    text = "maya@example.com, 0171 1234567, 4111 1111 1111 1111"
    assert [one.kind for one in found(text, regions=REGIONS)] == ["email", "phone", "card"]


def test_national_numbers_of_other_countries_are_not_known_but_international_ones_are() -> None:
    assert found("0171 1234567", regions=("FR",)) == []
    assert len(found("+49 171 1234567", regions=())) == 1


def test_a_form_of_numbers_stands_for_itself_but_for_its_two_signs() -> None:
    assert pattern("A.(#@)").search("see a.(7z)!")
    assert not pattern("A.(#@)").search("xA.(7z)")
    assert not pattern("####").search("12345")


def test_a_very_long_text_is_looked_through_in_no_time() -> None:
    # given: what makes careless patterns slow
    for text in ("1 " * 5_000, "a@" * 5_000, "DE89" * 2_500, "0-" * 5_000, "." * 10_000):
        assert len(found(text, regions=REGIONS)) < 5_000
