"""Institutions and their staff at the pages: what is shown once, and bad input at its field."""

from collections.abc import Callable

from creditbank.access.roles import Role
from creditbank.access.second_factors import OfferSecondFactor, factor_key, find_second_factors
from creditbank.bank import Bank
from tests.fixtures.bank import Provider
from tests.fixtures.pages import Visitor
from tests.fixtures.staff_life import ADMINISTRATOR, LEAVER, StaffLife

At = Callable[[str], Visitor]
INSTITUTIONS = "/desk/institutions"


def test_an_institution_is_registered_with_its_key_and_read_as_of_a_day(
    at_desk: At, life: StaffLife
) -> None:
    """The key is on the answer and on no other page."""
    administrator, new = at_desk(ADMINISTRATOR), f"{INSTITUTIONS}/new"
    above = life.ids["school"]
    wrong = administrator.post(new, kind="none", name="分校", parent=above)
    assert (wrong.status_code, 'href="#kind"' in wrong.text) == (422, True)
    assert 'value="分校"' in wrong.text
    made = administrator.post(new, kind="provider", name="分校", parent=above)
    assert (made.status_code, "cbk_" in made.text) == (200, True)
    assert "└" in administrator.get(INSTITUTIONS).text

    own = f"{INSTITUTIONS}/{above}"
    assert "市职业技能学校" in administrator.get(f"{own}?on=2012-06-21").text
    unread = administrator.get(f"{own}?on=yesterday")
    assert (unread.status_code, 'value="yesterday"' in unread.text) == (422, True)
    assert "cbk_" in administrator.post(f"{own}/keys").text
    assert "cbk_" not in administrator.get(own).text


def test_the_staff_of_another_institution_are_not_told_to_be_nobody(
    make_staff: Callable[..., dict[str, str]],
    signed_in: Callable[[dict[str, str]], Visitor],
    provider: Provider,
    bank: Bank,
) -> None:
    """An institution that one does not cover is not found, whether it has staff or not."""
    manager = signed_in(make_staff(provider.institution, Role.INSTITUTION_ADMINISTRATOR))
    assert manager.get(f"{INSTITUTIONS}/{provider.institution}/staff").status_code == 200
    for foreign in (bank.installation.institution_id, "inst-000000000000"):
        assert manager.get(f"{INSTITUTIONS}/{foreign}/staff").status_code == 404


def test_staff_is_added_changed_and_ended_and_a_lost_phone_is_forgotten(
    at_desk: At, school_bank: Bank, life: StaffLife
) -> None:
    """Nobody changes herself."""
    administrator, staff = at_desk(ADMINISTRATOR), f"{INSTITUTIONS}/{life.ids['school']}/staff"
    nothing = administrator.post(staff, name="clerk-2")
    assert (nothing.status_code, 'href="#roles"' in nothing.text) == (422, True)
    assert 'value="clerk-2"' in nothing.text
    added = administrator.post(staff, name="clerk-2", roles=["clerk"])
    assert (added.status_code, "shown this once" in added.text) == (200, True)
    taken = administrator.post(staff, name="clerk-2", roles=["clerk"])
    assert (taken.status_code, 'href="#name"' in taken.text) == (422, True)

    login = life.logins[LEAVER]
    colleague = f"/desk/staff/{login}"
    school_bank.writer.write(
        OfferSecondFactor(login_id=login, key=factor_key(school_bank.keystore, login))
    )
    assert administrator.post(f"{colleague}/roles").status_code == 422
    assert administrator.post(f"{colleague}/roles", roles=["checker"]).status_code == 303
    assert administrator.post(f"{colleague}/new-phone").status_code == 303
    with school_bank.readers.reading() as connection:
        assert find_second_factors(connection, [login]) == {}
    assert administrator.post(f"{colleague}/end").status_code == 303
    assert "logs in no more" in administrator.get(colleague).text
    own = f"/desk/staff/{life.logins[ADMINISTRATOR]}"
    assert "This is you" in administrator.get(own).text
    for act in ("roles", "new-phone", "end"):
        assert administrator.post(f"{own}/{act}", roles=["clerk"]).status_code == 422
