/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Any bytes are redacted or refused, and of what is redacted nothing is found again.
 */
#include "tui/report/redact.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct identities *traps(void)
{
	static struct identities *identities;

	if (g_once_init_enter(&identities)) {
		struct identities *made = identities_new();

		g_free(identities_add_list(made,
			"honeypot.7@trap.example ed+a@trap.example decoy.example spam4711@ "
			"f\303\244nger@f\303\244lle.example"));
		g_once_init_leave(&identities, made);
	}
	return identities;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span bytes = {(const char *)data, size};
	GString *clear;

	/* What is longer takes time, and shows no more. */
	if (size > 4096)
		return 0;
	clear = redact_bytes(traps(), bytes, REDACT_GUESSES);
	if (clear) {
		char *found = redact_find(traps(), span_from_string(clear), REDACT_GUESSES);

		if (found || strcasestr(clear->str, "honeypot.7@trap.example"))
			abort();
		g_string_free(clear, TRUE);
	}
	return 0;
}
