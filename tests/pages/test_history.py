from streamlit.testing.v1 import AppTest


def page() -> None:
    import streamlit as st

    from pages.widgets.history import keep_history, run_again

    if st.session_state.pop("job has ended", False):  # as a fragment with a timer does, outside of the page's run
        run_again()
    with keep_history():
        st.button("Select", on_click=lambda: st.query_params.update({"ticked": "a"}))
        st.markdown(st.query_params.get("ticked", "none"))


def test_a_run_by_a_timer_keeps_the_address_that_its_request_did_not_know_yet():
    app = AppTest.from_function(page).run()
    app.button[0].click().run()
    assert app.markdown[0].value == "a"
    app.query_params.clear()
    app.session_state["job has ended"] = True
    app.run()
    assert app.markdown[0].value == "a"
    assert dict(app.query_params) == {"ticked": "a"}


def test_another_run_has_the_address_of_its_request():
    app = AppTest.from_function(page).run()
    app.button[0].click().run()
    app.query_params.clear()
    app.run()
    assert app.markdown[0].value == "none"
