/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * User names and passwords for https: git asks the user's credential helpers, as it does for
 * itself.
 */
#include "rules/repo_net.h"
#include "rules/repo_program.h"

#include <string.h>

/* A helper may ask in a window. */
#define ASKING_MS (5 * 60 * 1000)
/* Passwords that the server refuses, until it is given up. */
#define TRIES_MAX 3

static bool stops(void *user)
{
	const struct repo_net *net = user;

	net->alive(net->user);
	return g_atomic_int_get(net->cancelled);
}

static char *run_git(struct repo_net *net, const char *verb, const char *input, GError **error)
{
	const char *const argv[] = {"git", "credential", verb, NULL};
	g_auto(GStrv) environment = g_get_environ();
	struct repo_program program = {
		.argv = argv,
		.dir = net->dir,
		.input = input,
		.input_len = strlen(input),
		.no_terminal = !net->terminal,
		.timeout_ms = ASKING_MS,
		.stop = stops,
		.user = net,
	};
	struct repo_ran ran;
	char *output = NULL;

	if (!net->terminal)
		environment = g_environ_setenv(environment, "GIT_TERMINAL_PROMPT", "0", TRUE);
	program.environment = environment;
	if (repo_program_run(&program, &ran, error)) {
		if (repo_ran_well(&ran))
			output = g_strdup(ran.output->str);
		else
			g_string_append(net->said, ran.errors->str);
	}
	repo_ran_clear(&ran);
	return output;
}

/* ---- git's description of a credential, `key=value` lines ---- */

static char *value_of(const char *description, const char *key)
{
	g_auto(GStrv) lines = g_strsplit(description, "\n", -1);
	size_t len = strlen(key);

	for (guint i = 0; lines[i]; i++)
		if (strncmp(lines[i], key, len) == 0 && lines[i][len] == '=')
			return g_strdup(lines[i] + len + 1);
	return NULL;
}

/* NULL where a value would begin another line. */
static char *describe(const char *url, const char *user)
{
	GString *text = g_string_new(NULL);

	g_string_append_printf(text, "url=%s\n", url);
	if (user)
		g_string_append_printf(text, "username=%s\n", user);
	g_string_append_c(text, '\n');
	if (!strpbrk(url, "\r\n") && !(user && strpbrk(user, "\r\n")))
		return g_string_free(text, FALSE);
	g_string_free(text, TRUE);
	return NULL;
}

static int refuse(const char *why)
{
	git_error_set_str(GIT_ERROR_NET, why);
	return GIT_EAUTH;
}

/* ---- what libgit2 asks ---- */

static int credential_of(git_credential **out, const char *description)
{
	g_autofree char *user = value_of(description, "username");
	g_autofree char *password = value_of(description, "password");
	int code;

	if (!user || !password)
		return refuse("the credential helpers know no password");
	code = git_credential_userpass_plaintext_new(out, user, password);
	memset(password, 0, strlen(password));
	return code;
}

int repo_credential(git_credential **out, const char *url, const char *user_from_url,
	unsigned int allowed, void *payload)
{
	struct repo_net *net = payload;
	g_autofree char *asked = describe(url, user_from_url);
	g_autoptr(GError) failed = NULL;

	if (net->credential)
		repo_credential_end(net, false);
	if (!(allowed & GIT_CREDENTIAL_USERPASS_PLAINTEXT))
		return refuse("the server wants another proof than a password");
	if (!asked || net->tries++ == TRIES_MAX)
		return refuse("the server refuses the password");
	net->credential = run_git(net, "fill", asked, &failed);
	if (net->credential)
		return credential_of(out, net->credential);
	return refuse(failed ? failed->message
			     : "no password is known: set up a credential helper "
			       "(git help credentials)");
}

void repo_credential_end(struct repo_net *net, bool good)
{
	g_autofree char *description = g_steal_pointer(&net->credential);

	if (!description)
		return;
	g_free(run_git(net, good ? "approve" : "reject", description, NULL));
	memset(description, 0, strlen(description));
}
