/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The one GError domain of espial. A message is one line: what, where, what next. Text that came
 * from mail, rules or a repository may stand in it raw: whoever shows it makes it display-safe.
 */
#ifndef ESPIAL_RULES_ERROR_H
#define ESPIAL_RULES_ERROR_H

#include <glib.h>

#define ESPIAL_ERROR (espial_error_quark())

enum espial_error {
	ESPIAL_ERROR_INVALID,     /* the input is not what it should be */
	ESPIAL_ERROR_IO,          /* a file or directory could not be read or written */
	ESPIAL_ERROR_NOT_FOUND,   /* no such message, rule, commit, file */
	ESPIAL_ERROR_LIMIT,       /* a documented limit was hit */
	ESPIAL_ERROR_LOCKED,      /* another program holds the lock: try again */
	ESPIAL_ERROR_CHANGED,     /* the store or repository changed underneath: reopen and retry */
	ESPIAL_ERROR_CONFLICT,    /* foreign changes stand in the way */
	ESPIAL_ERROR_STATE,       /* a repository with detached HEAD, merge or rebase under way */
	ESPIAL_ERROR_NO_IDENTITY, /* git knows no user.name or user.email */
	ESPIAL_ERROR_OWNER,       /* git refuses a repository owned by somebody else */
	ESPIAL_ERROR_CANCELLED,   /* the user stopped it */
	ESPIAL_ERROR_OFFLINE,     /* a remote cannot be reached, which is a normal state */
	ESPIAL_ERROR_REFUSED,     /* a hook, or the other side, said no */
};

GQuark espial_error_quark(void);

#endif
