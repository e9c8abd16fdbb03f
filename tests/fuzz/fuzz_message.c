/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/mail/message.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_message(struct message *message)
{
	const struct rendered *rendered = message_text(message);
	const GPtrArray *links = message_links(message);
	const GPtrArray *headers = message_headers(message);

	if (!g_utf8_validate_len(rendered->text->str, rendered->text->len, NULL))
		abort();
	for (guint i = 0; i < headers->len; i++) {
		const struct message_header *header = headers->pdata[i];

		if (!g_utf8_validate(header->value, -1, NULL))
			abort();
	}
	for (guint i = 0; i < rendered->marks->len; i++) {
		const struct rendered_mark *mark =
			&g_array_index(rendered->marks, struct rendered_mark, i);

		if (mark->end > rendered->text->len || mark->end <= mark->start ||
			(mark->kind == RENDERED_LINK && mark->link >= links->len))
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static gsize once;

	if (g_once_init_enter(&once)) {
		message_library_init();
		g_once_init_leave(&once, 1);
	}
	struct message *message = message_parse((const char *)data, size, NULL, NULL);
	if (message)
		check_message(message);
	message_free(message);
	return 0;
}
