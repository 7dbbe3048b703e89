import pytest


@pytest.mark.browser
def test_a_page_of_the_live_server_opens_in_a_real_browser(browser_page):
    answer = browser_page.goto("/no-such-page")
    assert answer.status == 404
