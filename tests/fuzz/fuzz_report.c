/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Any mail becomes a sample that can be read back, is 7-bit, and holds nobody; or none.
 */
#include "tui/report/redact.h"
#include "tui/report/report_internal.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_sample(const struct identities *identities, const struct sample *sample)
{
	struct message *again = message_parse(sample->mail->str, sample->mail->len, NULL, NULL);
	g_auto(GStrv) lines = g_strsplit(sample->mail->str, "\n", -1);

	if (!again || !g_str_is_ascii(sample->mail->str))
		abort();
	for (guint i = 0; lines[i]; i++)
		if (strlen(lines[i]) > 998)
			abort();
	for (guint i = 0; i < sample->headers->len; i++)
		if (!g_utf8_validate(sample->headers->pdata[i], -1, NULL))
			abort();
	if (strcasestr(sample->mail->str, "honeypot.7@trap.example"))
		abort();
	/* It may hold somebody back, but must come to an end. */
	gate_mail(identities, sample->mail->str, NULL);
	message_free(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static gsize once;
	struct message *message;

	if (g_once_init_enter(&once)) {
		message_library_init();
		g_once_init_leave(&once, 1);
	}
	message = size > 8192 ? NULL : message_parse((const char *)data, size, NULL, NULL);
	if (message) {
		struct identities *identities = identities_new();
		struct origin *origin = origin_new(message, NULL);
		struct sample *sample;

		identities_add(identities, "honeypot.7@trap.example");
		identities_add_recipients(identities, message);
		sample = sample_new(message, origin, identities, NULL);
		if (sample)
			check_sample(identities, sample);
		sample_free(sample);
		origin_free(origin);
		identities_free(identities);
	}
	message_free(message);
	return 0;
}
