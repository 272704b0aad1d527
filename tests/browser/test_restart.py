"""A restart of the server while a page is open."""

import pytest
from drawing import cover, encoded
from workers import TIMEOUT

pytestmark = pytest.mark.browser

CONNECTED = "document.querySelector('.stApp').dataset.testConnectionState === 'CONNECTED'"
NOTE_LOSS = f"""() => {{
    new MutationObserver(() => {{ window.lost ||= !({CONNECTED}) }})
        .observe(document.querySelector(".stApp"), {{ attributes: true }})
}}"""


def test_a_cover_dropped_after_a_server_restart_gets_a_prediction(chromium, serve, tmp_path):
    file = tmp_path / "first.png"
    file.write_bytes(encoded(cover("jazz", 1)))
    page = chromium.new_context().new_page()
    page.set_default_timeout(1000 * TIMEOUT)
    address = serve(tmp_path / "home")
    page.goto(address, wait_until="commit")
    dropper = page.locator('input[type="file"]').first
    dropper.wait_for(state="attached")
    page.wait_for_function(CONNECTED)
    page.evaluate(NOTE_LOSS)
    serve(tmp_path / "home", again=address)
    page.wait_for_function(f"window.lost && {CONNECTED}")
    dropper.set_input_files(file)
    page.locator(".bars li").first.wait_for()
    assert page.locator(".st-key-cover").inner_text() == "first.png"
    page.context.close()
