/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/term.h"

#include "tui/keys.h"

#include <curses.h>
#include <errno.h>
#include <glib-unix.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

static struct {
	SCREEN *screen;
	FILE *null; /* where a screen in memory writes to */
	struct termios found;
	char leave[256]; /* the sequences that leave full-screen mode, for the crash handler */
	bool active;
} term;

static int signal_pipe[2] = {-1, -1};
static volatile sig_atomic_t ended, interrupted;

static void on_end(int number)
{
	int saved = errno;

	(void)number;
	ended = 1;
	if (write(signal_pipe[1], "", 1) < 0)
		ended = 1;
	errno = saved;
}

/* ^C is a key like any other, whatever the terminal makes of it. */
static void on_interrupt(int number)
{
	int saved = errno;

	(void)number;
	interrupted = 1;
	if (write(signal_pipe[1], "", 1) < 0)
		interrupted = 1;
	errno = saved;
}

/* Only async-signal-safe calls: the terminal first, then the signal again, so that a sanitizer or a
 * core dump still tells. */
static void on_crash(int number)
{
	if (term.active && !term.null) {
		ssize_t written = write(STDOUT_FILENO, term.leave, strlen(term.leave));

		(void)written;
		tcsetattr(STDIN_FILENO, TCSANOW, &term.found);
	}
	signal(number, SIG_DFL);
	raise(number);
}

static void catch_signals(void)
{
	static const int ends[] = {SIGTERM, SIGHUP};
	static const int crashes[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
	struct sigaction action = {.sa_handler = on_end};

	if (signal_pipe[0] < 0 && g_unix_open_pipe(signal_pipe, FD_CLOEXEC, NULL))
		g_unix_set_fd_nonblocking(signal_pipe[1], TRUE, NULL);
	for (size_t i = 0; i < G_N_ELEMENTS(ends); i++)
		sigaction(ends[i], &action, NULL);
	action.sa_handler = on_interrupt;
	sigaction(SIGINT, &action, NULL);
	action.sa_handler = on_crash;
	action.sa_flags = (int)SA_RESETHAND;
	for (size_t i = 0; i < G_N_ELEMENTS(crashes); i++)
		sigaction(crashes[i], &action, NULL);
	signal(SIGPIPE, SIG_IGN);
}

static const char *capability(const char *name)
{
	const char *value = tigetstr(name);

	return value && value != (const char *)-1 ? value : "";
}

static void set_modes(void)
{
	cbreak();
	noecho();
	nonl();
	intrflush(stdscr, FALSE);
	keypad(stdscr, TRUE);
	nodelay(stdscr, TRUE);
	set_escdelay(25);
	theme_start(!getenv("NO_COLOR") || !*getenv("NO_COLOR"));
	term.active = true;
}

bool term_start(void)
{
	tcgetattr(STDIN_FILENO, &term.found);
	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)) {
		fputs("espial: not a terminal; see espial --help for commands that need none\n",
			stderr);
		return false;
	}
	term.screen = newterm(NULL, stdout, stdin);
	if (!term.screen) {
		fputs("espial: the terminal type in TERM is unknown; try TERM=xterm-256color\n",
			stderr);
		return false;
	}
	g_snprintf(term.leave, sizeof(term.leave), "%s%s%s", capability("sgr0"),
		capability("cnorm"), capability("rmcup"));
	catch_signals();
	set_modes();
	atexit(term_stop);
	return true;
}

bool term_start_in_memory(int width, int height)
{
	g_autofree char *lines = g_strdup_printf("%d", height);
	g_autofree char *columns = g_strdup_printf("%d", width);

	g_setenv("LINES", lines, TRUE);
	g_setenv("COLUMNS", columns, TRUE);
	term.null = fopen("/dev/null", "r+");
	term.screen = term.null ? newterm("xterm-256color", term.null, term.null) : NULL;
	if (!term.screen)
		term.screen = term.null ? newterm("xterm", term.null, term.null) : NULL;
	if (!term.screen) {
		fputs("espial: terminfo has no xterm: install ncurses-base\n", stderr);
		return false;
	}
	catch_signals();
	set_modes();
	resizeterm(height, width);
	return true;
}

void term_stop(void)
{
	if (!term.active)
		return;
	term.active = false;
	endwin();
	delscreen(term.screen);
	if (term.null)
		fclose(term.null);
	term.null = NULL;
}

void term_suspend(void)
{
	def_prog_mode();
	endwin();
}

void term_resume(void)
{
	reset_prog_mode();
	clearok(curscr, TRUE);
	refresh();
}

void term_resize(int width, int height)
{
	resizeterm(height, width);
}

struct canvas term_canvas(void)
{
	return (struct canvas){.height = LINES, .width = COLS};
}

int term_key(void)
{
	wint_t c;

	if (interrupted) {
		char drain;

		interrupted = 0;
		return read(signal_pipe[0], &drain, 1) < 0 ? 0 : 'C' ^ 0x40;
	}
	if (term.null)
		return 0;
	switch (get_wch(&c)) {
	case KEY_CODE_YES:
		return KEYS_SPECIAL + (int)c;
	case OK:
		return (int)c;
	default:
		return 0;
	}
}

bool term_ended(void)
{
	return ended;
}

int term_signal_fd(void)
{
	return signal_pipe[0];
}

void term_clear(void)
{
	erase();
}

void term_refresh(void)
{
	canvas_place_cursor();
	refresh();
}

void term_redraw(void)
{
	clearok(curscr, TRUE);
}

static void append_line(GString *text, int y)
{
	size_t start = text->len;

	for (int x = 0; x < COLS;) {
		wchar_t wide[CCHARW_MAX + 1] = {0};
		attr_t attributes;
		short pair;
		cchar_t cell;
		int columns;

		if (mvwin_wch(stdscr, y, x, &cell) == ERR ||
			getcchar(&cell, wide, &attributes, &pair, NULL) == ERR)
			break;
		for (int i = 0; wide[i]; i++)
			g_string_append_unichar(text, (gunichar)wide[i]);
		columns = wide[0] ? wcwidth(wide[0]) : 1;
		x += MAX(columns, 1);
	}
	while (text->len > start && text->str[text->len - 1] == ' ')
		g_string_truncate(text, text->len - 1);
	g_string_append_c(text, '\n');
}

char *term_text(void)
{
	GString *text = g_string_new(NULL);
	int y, x;

	getyx(stdscr, y, x);
	for (int line = 0; line < LINES; line++)
		append_line(text, line);
	move(y, x);
	return g_string_free(text, FALSE);
}
