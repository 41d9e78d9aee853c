# This process: where it and its jobs find the stages, and what a run that was killed has left.
import fcntl
import logging
import shutil

from contracts import orphans
from contracts.environment import check_checkout, command_environment, forget_working_directory
from contracts.errors import EXIT_BAD_INPUT, InputError

LOCKS = Path(".snakemake/locks")  # Snakemake's own: the files that runs in this folder read and write
KERNELS = Path(".snakemake/kernels")  # on which kernels runs have been started that may have locks


def isolate_jobs():
    """Let jobs find the stages and this interpreter, and no module of the working directory, and let them end with this process."""
    try:
        check_checkout()
    except InputError as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(EXIT_BAD_INPUT)
    forget_working_directory()
    os.environ.update(command_environment())
    os.environ.update(PATH=os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)]))
    os.environ[orphans.VARIABLE] = orphans.process_identity()


def hold_folder():
    """Remove the locks of killed runs if no run is alive in this folder; give the open file that says that this one is.

    The kernel drops the hold on the file when the process ends, however it ends. A file system may keep the holds of other machines from
    us: if one of them may have left the locks, they stay, and Snakemake says how to remove them.
    """
    kernel = orphans.running_kernel() + "\n"
    KERNELS.parent.mkdir(exist_ok=True)
    held = KERNELS.open("a+")
    known = True
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        pass  # another run is alive, and Snakemake compares its files with ours
    else:
        held.seek(0)
        left, ours = any(LOCKS.glob("*.lock")), set(held.readlines()) == {kernel}
        known = ours or not left
        if known:
            held.truncate(0)
        if left and ours:
            print("The run that locked this folder was killed; its locks are removed.", file=sys.stderr)
            shutil.rmtree(LOCKS)
    if known:
        held.write(kernel)
        held.flush()
    fcntl.flock(held, fcntl.LOCK_SH)
    return held


class Unheard:
    """A stream whose reader may go away: `snakemake 2>&1 | head` ends what is said, not what runs; Snakemake's own log has it all."""

    def __init__(self, stream):
        self.stream = stream

    def write(self, text):
        try:
            return self.stream.write(text)
        except BrokenPipeError:
            return len(text)

    def flush(self):
        try:
            self.stream.flush()
        except BrokenPipeError:
            pass

    def __getattr__(self, name):
        return getattr(self.stream, name)


def speak_to_nobody():
    """Let Snakemake go on when nobody reads its messages any more."""
    for handler in workflow.logger_manager.logger.handlers:
        if isinstance(handler, logging.StreamHandler) and not isinstance(handler, logging.FileHandler) and handler.stream:
            handler.setStream(Unheard(handler.stream))


isolate_jobs()
speak_to_nobody()

HELD = None
if workflow.is_main_process and not workflow.output_settings.dryrun:
    try:
        HELD = hold_folder()
    except OSError:  # a folder that cannot be written, a file system without holds: what is left locked stays locked
        HELD = None
