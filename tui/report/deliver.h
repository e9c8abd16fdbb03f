/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Reports leave the house: into files, or to the mail system.
 */
#ifndef ESPIAL_TUI_REPORT_DELIVER_H
#define ESPIAL_TUI_REPORT_DELIVER_H

#include "tui/report/report.h"

/* Writes a new file that only its owner can read. Errors: CONFLICT (there is one of that name), IO.
 */
bool deliver_file(const char *path, const char *text, GError **error);

/* Writes all forms of a report that there are: PREFIX.txt, PREFIX.eml (the mail) and PREFIX.json
 * (XARF). Errors as deliver_file(); none of the files is left then. */
bool deliver_files(const char *prefix, const struct report *report, GError **error);

/* Hands a mail to `command`, words with quotes as in a shell, but no shell runs; the recipients
 * stand in the mail. It may take `seconds`, then it is ended. Errors: INVALID (the command's
 * quotes), NOT_FOUND, IO (it failed: with what it said). */
bool deliver_mail(const char *command, const char *mail, unsigned seconds, GError **error);

#endif
