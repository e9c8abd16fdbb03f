/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The forms of a report, and the gate that each of them passes before anybody sees it. For the
 * files of tui/report/ only.
 */
#ifndef ESPIAL_TUI_REPORT_REPORT_INTERNAL_H
#define ESPIAL_TUI_REPORT_REPORT_INTERNAL_H

#include "tui/report/report.h"

/* Each is made from the fields of the report that are set before; the caller frees it with
 * g_free().
 */
char *report_text(const struct report *report);
char *report_arf(const struct report *report);
char *report_xarf(const struct report *report);

/* The address of `Name <address>`, and the name, `fallback` where there is none; the caller frees
 * them with g_free(). */
char *report_address(const char *mailbox);
char *report_name(const char *mailbox, const char *fallback);
/* `2026-11-24`, in UTC. */
char *report_day(gint64 time);

/* Whether nothing is left of any identity in a finished form, whatever it is that one decodes; the
 * fields that hold nothing but the sender and the addressee are left out. Error: LIMIT, which says
 * what was found. */
bool gate_text(const struct identities *identities, const char *text, GError **error);
bool gate_mail(const struct identities *identities, const char *mail, GError **error);
bool gate_arf(const struct identities *identities, const char *arf, GError **error);
bool gate_xarf(const struct identities *identities, const char *xarf, GError **error);

#endif
