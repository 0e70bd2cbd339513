from __future__ import annotations

from django.urls import path

from polku.surveys.inviting.views import collect, invitations, mail, posters

urlpatterns = [
    path("collect/restore/", collect.way_restore, name="way_restore"),
    path("<int:survey>/collect/", collect.collect, name="collect"),
    path("<int:survey>/collect/links/add/", collect.way_add, name="way_add"),
    path("<int:survey>/collect/links/<int:link>/", collect.way_edit, name="way_edit"),
    path("<int:survey>/collect/links/<int:link>/switch/", collect.way_switch, name="way_switch"),
    path("<int:survey>/collect/links/<int:link>/delete/", collect.way_delete, name="way_delete"),
    path("<int:survey>/collect/links/<int:link>/qr.svg", posters.qr_svg, name="qr_svg"),
    path("<int:survey>/collect/links/<int:link>/qr.png", posters.qr_png, name="qr_png"),
    path("<int:survey>/collect/links/<int:link>/poster/", posters.poster, name="poster"),
    path("<int:survey>/collect/links/<int:link>/poster/sheet/", posters.poster_sheet, name="poster_sheet"),
    path("<int:survey>/collect/links/<int:link>/poster/poster.pdf", posters.poster_pdf, name="poster_pdf"),
    path("<int:survey>/collect/email/", invitations.email, name="email"),
    path("<int:survey>/collect/email/send/", invitations.email_send, name="email_send"),
    path("<int:survey>/collect/email/people/", invitations.invitations, name="invitations"),
    path("<int:survey>/collect/email/cancel/", invitations.email_cancel, name="email_cancel"),
    path("<int:survey>/collect/email/words/", mail.mail_words, name="mail_words"),
    path("<int:survey>/collect/email/preview/", mail.mail_preview, name="mail_preview"),
    path("<int:survey>/collect/email/test/", mail.mail_test, name="mail_test"),
]
