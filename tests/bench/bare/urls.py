from django.shortcuts import render
from django.urls import path

ROWS = [
    {"number": number, "title": f"Session {number}", "room": "Lomond", "time": "09:00"}
    for number in range(1, 21)
]


def rows(request):
    return render(request, "rows.html", {"rows": ROWS})


urlpatterns = [path("", rows)]
