/** The process: everything else is in the libraries. */
#include "gateway/cli/cli.h"

int main(int argc, char **argv)
{
    return pen_cli(argc, argv);
}
