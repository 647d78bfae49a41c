def test_outsider_has_no_role(cast):
    assert cast.omar.roles == set()
    assert cast.nadia.roles == {"agent"}


def test_visitor_finds_nothing_at_a_path_that_leads_nowhere(browse, db):
    assert browse().get("/nowhere").status_code == 404
