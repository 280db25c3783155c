"""Pages for what went wrong."""

import pytest
from django.test import Client, RequestFactory

from assembly.core.failures import server_error


@pytest.mark.django_db
def test_a_missing_page_says_so_in_the_readers_language(client):
    response = client.get("/fr/nowhere/")
    assert response.status_code == 404
    assert 'lang="fr"' in response.content.decode()


@pytest.mark.django_db
def test_a_fault_of_ours_is_a_plain_page_without_details():
    response = server_error(RequestFactory().get("/"))
    assert response.status_code == 500
    assert "Something went wrong" in response.content.decode()


@pytest.mark.django_db
def test_a_form_without_its_token_says_that_it_has_expired():
    client = Client(enforce_csrf_checks=True)
    response = client.post("/account/login/code/", {"email": "x@example.org"})
    assert response.status_code == 403
    assert "This form has expired" in response.content.decode()
