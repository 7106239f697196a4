/* words.c - does what it is told */
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int main(void)
{
	char word[32] = "";
	ssize_t got;

	while ((got = recv(3, word, sizeof word - 1, 0)) > 0) {
		word[got] = '\0';
		if (strcmp(word, "fork") == 0 && fork() == 0)
			_exit(0);
		if (strcmp(word, "crash") == 0)
			abort();
		if (strcmp(word, "leave") == 0)
			return 0;
		(void)send(3, word, (size_t)got, 0);
	}
	return 0;
}
