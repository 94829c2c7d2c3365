"""Sign-in and all that belongs to one's own account. Of allauth's addresses only those that staff need."""

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from django.urls import path

from crm.access import token_views, views

urlpatterns = [
    path("login/", views.SignInView.as_view(), name="account_login"),
    path("logout/", account.logout, name="account_logout"),
    path("reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("password/", account.password_change, name="account_change_password"),
    path("lock/", views.lock, name="account_lock"),
    path("lock/now/", views.lock_now, name="account_lock_now"),
    path("lock/sent/", views.stashed, name="account_stash"),
    path("alive/", views.alive, name="account_alive"),
    path("codes/", mfa.index, name="mfa_index"),
    path("codes/sign-in/", mfa.authenticate, name="mfa_authenticate"),
    path("codes/reauthenticate/", mfa.reauthenticate, name="mfa_reauthenticate"),
    path("codes/app/", totp.activate_totp, name="mfa_activate_totp"),
    path("codes/app/remove/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("codes/recovery/", recovery.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("codes/recovery/new/", recovery.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("tokens/", token_views.token_list, name="account_tokens"),
    path("tokens/new/", token_views.issue, name="account_token_new"),
    path("tokens/<int:pk>/withdraw/", token_views.withdraw, name="account_token_withdraw"),
    path("sessions/", views.SessionsView.as_view(), name="usersessions_list"),
    path("sessions/<int:pk>/end/", views.end_session, name="account_end_session"),
]
