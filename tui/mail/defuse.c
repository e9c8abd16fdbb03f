/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/mail/defuse.h"

/* Of one address header. */
#define MAX_COLONS 64
/* In a row, without a blank line. */
#define MAX_HEADERS 10000
/* Lines that may be a boundary. */
#define MAX_BOUNDARIES 20000

struct scan {
	bool in_address;
	unsigned colons; /* of the address header */
	unsigned headers;
	unsigned boundaries;
};

static size_t name_length(struct span line)
{
	size_t len = 0;

	while (len < line.len && line.ptr[len] > ' ' && line.ptr[len] < 0x7f &&
		line.ptr[len] != ':')
		len++;
	size_t colon = len;
	while (colon < line.len && (line.ptr[colon] == ' ' || line.ptr[colon] == '\t'))
		colon++;
	return colon < line.len && line.ptr[colon] == ':' ? len : 0;
}

static bool is_address_header(struct span line, size_t name_len)
{
	static const char *const names[] = {"From", "Sender", "Reply-To", "To", "Cc", "Bcc"};

	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		if (strlen(names[i]) == name_len &&
			g_ascii_strncasecmp(line.ptr, names[i], name_len) == 0)
			return true;
	}
	return false;
}

static void blank_colons(struct scan *scan, char *line, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (line[i] == ':' && ++scan->colons > MAX_COLONS)
			line[i] = ' ';
	}
}

/* Returns false where the mail ends before this line. */
static bool scan_line(struct scan *scan, char *line, size_t len)
{
	bool continued = len && (line[0] == ' ' || line[0] == '\t');
	size_t name_len = continued ? 0 : name_length((struct span){line, len});

	if (!continued) {
		scan->in_address =
			name_len && is_address_header((struct span){line, len}, name_len);
		scan->colons = 0;
		scan->headers = name_len ? scan->headers + 1 : 0;
	}
	if (scan->in_address)
		blank_colons(scan, line, len);
	if (len > 1 && line[0] == '-' && line[1] == '-')
		scan->boundaries++;
	return scan->headers <= MAX_HEADERS && scan->boundaries <= MAX_BOUNDARIES;
}

size_t defuse_mail(char *mail, size_t len, bool *cut)
{
	struct scan scan = {0};
	char *end = mail + len, *next;

	for (char *nul = mail; (nul = memchr(nul, '\0', (size_t)(end - nul)));)
		*nul = ' ';
	*cut = false;
	for (char *line = mail; line < end; line = next) {
		char *newline = memchr(line, '\n', (size_t)(end - line));

		next = newline ? newline + 1 : end;
		*cut = !scan_line(&scan, line, (size_t)((newline ? newline : end) - line));
		if (*cut)
			return (size_t)(line - mail);
	}
	return len;
}
