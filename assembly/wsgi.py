"""What gunicorn serves."""

import os

from django.core.wsgi import get_wsgi_application

from assembly.core.web import release

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "assembly.settings.production")

application = get_wsgi_application()
release()  # now, so that files replaced while we run leave all workers with the same validators
