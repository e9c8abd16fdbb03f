/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What was reported, when and for what: reports/<esp>/<day>-<n>.yaml in the ruleset repository, so
 * that colleagues see it. Rules are not read from there (docs/rule-format.md).
 */
#ifndef ESPIAL_TUI_REPORT_RECORD_H
#define ESPIAL_TUI_REPORT_RECORD_H

#include "rules/repo.h"
#include "tui/report/report.h"

enum record_how {
	RECORD_SENT,    /* handed to the mail system */
	RECORD_WRITTEN, /* written to files: whether somebody sent them is not known */
};

/* Commits a record of the report. Errors as repo_commit(). */
bool record_report(
	struct repo *repo, const struct report *report, enum record_how how, GError **error);

/* The day of the last report to the provider, as tui/index/days.h has them; 0: there is none. Looks
 * at names of files in the work tree only. */
guint32 report_notified(const char *ruleset_dir, const char *esp);
/* The same of all providers: id → GUINT_TO_POINTER(day). The caller frees it with
 * g_hash_table_unref(). */
GHashTable *report_notified_all(const char *ruleset_dir);

#endif
