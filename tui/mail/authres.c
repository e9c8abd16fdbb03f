/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/mail/authres.h"

#include "tui/mail/lexer.h"

struct reader {
	struct authres *authres;
	struct authres_result *result; /* the one being read, or NULL */
	bool received_spf;             /* there is one result only, and its method is not named */
	GString *name;                 /* the last word, which may turn out to be a name */
	bool value_next;               /* a `=` was read behind it */
};

static void property_free(gpointer data)
{
	struct authres_property *property = data;

	g_free(property->name);
	g_free(property->value);
	g_free(property);
}

static void result_free(gpointer data)
{
	struct authres_result *result = data;

	g_free(result->method);
	g_free(result->result);
	g_free(result->comment);
	g_ptr_array_unref(result->properties);
	g_free(result);
}

void authres_free(struct authres *authres)
{
	if (!authres)
		return;
	g_free(authres->id);
	g_ptr_array_unref(authres->results);
	g_free(authres);
}

static struct authres *authres_new(void)
{
	struct authres *authres = g_new0(struct authres, 1);

	authres->results = g_ptr_array_new_with_free_func(result_free);
	return authres;
}

static struct authres_result *add_result(
	struct authres *authres, const char *method, const char *result)
{
	struct authres_result *added = g_new0(struct authres_result, 1);

	/* `dkim/1` names the method's version. */
	added->method = g_ascii_strdown(method, (gssize)strcspn(method, "/"));
	added->result = g_ascii_strdown(result, -1);
	added->properties = g_ptr_array_new_with_free_func(property_free);
	g_ptr_array_add(authres->results, added);
	return added;
}

static void add_property(struct authres_result *result, const char *name, const char *value)
{
	struct authres_property *added;

	if (result->properties->len == AUTHRES_MAX_PROPERTIES)
		return;
	added = g_new0(struct authres_property, 1);
	added->name = g_ascii_strdown(name, -1);
	added->value = g_strdup(value);
	g_ptr_array_add(result->properties, added);
}

/* ---- reading ---- */

/* No `=` came behind the last word. */
static void end_word(struct reader *reader)
{
	struct authres *authres = reader->authres;

	if (!reader->name->len || reader->value_next || reader->result)
		;
	else if (reader->received_spf)
		reader->result = add_result(authres, "spf", reader->name->str);
	else if (!authres->id && !authres->results->len)
		authres->id = g_ascii_strdown(reader->name->str, -1);
	g_string_truncate(reader->name, 0);
	reader->value_next = false;
}

static void read_value(struct reader *reader, const char *value)
{
	const char *name = reader->name->str;

	if (!*name)
		;
	else if (reader->result)
		add_property(reader->result, name, value);
	/* The instance of an ARC set stands before the authserv-id. */
	else if (g_ascii_strcasecmp(name, "i") != 0 && !reader->received_spf &&
		 reader->authres->results->len < AUTHRES_MAX_RESULTS)
		reader->result = add_result(reader->authres, name, value);
	g_string_truncate(reader->name, 0);
	reader->value_next = false;
}

static void read_special(struct reader *reader, char special)
{
	if (special == '=') {
		reader->value_next = true;
		return;
	}
	end_word(reader);
	if (!reader->received_spf)
		reader->result = NULL;
}

static void read_token(struct reader *reader, enum token token, const char *text)
{
	if (token == TOKEN_SPECIAL) {
		read_special(reader, *text);
	} else if (token == TOKEN_WORD && reader->value_next) {
		read_value(reader, text);
	} else if (token == TOKEN_WORD) {
		end_word(reader);
		g_string_assign(reader->name, text);
	} else {
		if (reader->received_spf)
			end_word(reader);
		if (reader->result && !reader->result->comment)
			reader->result->comment = g_strdup(text);
	}
}

static struct authres *read_field(const char *value, bool received_spf)
{
	struct reader reader = {
		.authres = authres_new(), .received_spf = received_spf, .name = g_string_new(NULL)};
	struct lexer lexer = lexer_on(value, ";=");
	enum token token;

	while ((token = lexer_next(&lexer)) != TOKEN_END) {
		read_token(&reader, token, lexer.text->str);
		/* A value may hold `=`, as addresses made of another address do. */
		lexer.specials = reader.value_next ? ";" : ";=";
	}
	end_word(&reader);
	g_string_free(reader.name, TRUE);
	lexer_clear(&lexer);
	return reader.authres;
}

struct authres *authres_parse(const char *value)
{
	return read_field(value, false);
}

struct authres *authres_parse_spf(const char *value)
{
	return read_field(value, true);
}

/* ---- what a result says ---- */

const char *authres_property(const struct authres_result *result, const char *name)
{
	for (guint i = 0; i < result->properties->len; i++) {
		const struct authres_property *property = result->properties->pdata[i];

		if (strcmp(property->name, name) == 0)
			return property->value;
	}
	return NULL;
}

char *authres_domain(const struct authres_result *result, const char *name)
{
	const char *value = authres_property(result, name);
	const char *at = value ? strrchr(value, '@') : NULL;
	const char *domain = at ? at + 1 : value;
	size_t len = domain ? strcspn(domain, ">") : 0;

	if (len && *domain == '<')
		return NULL;
	while (len && domain[len - 1] == '.')
		len--;
	/* Microsoft writes `none` for a signature that is not there. */
	if (!len || (len == 4 && g_ascii_strncasecmp(domain, "none", 4) == 0))
		return NULL;
	return g_ascii_strdown(domain, (gssize)len);
}

bool authres_client(const struct authres_result *result, struct ip *ip)
{
	static const char *const names[] = {"client-ip", "smtp.remote-ip", "policy.iprev"};
	bool spf = strcmp(result->method, "spf") == 0;
	g_auto(GStrv) words = g_strsplit(spf && result->comment ? result->comment : "", " ", 32);

	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		const char *value = authres_property(result, names[i]);

		if (value && ip_parse(span_from(value), ip))
			return true;
	}
	for (char **word = words; *word; word++)
		if (ip_parse(span_from(*word), ip))
			return true;
	return false;
}
