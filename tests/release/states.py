"""Repositories in the states that teams bring them into, each with how its versions stand.

Every state starts from a shared repository whose branch main has released 1.0.0 of the schema ``a``, and a clone of it.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from tests.conftest import Scratch

CURRENT = "jsonschema/a/current.yaml"
SETTINGS = "schemaBasePath: jsonschema\n"


def schema(version: str, *properties: str, title: str = "a") -> str:
    lines = "".join(f"  {name}: {{type: string}}\n" for name in ("x", *properties))
    draft = "http://json-schema.org/draft-07/schema#"
    return f"title: {title}\n$id: /{title}/{version}\n$schema: {draft}\ntype: object\nproperties:\n{lines}"


@dataclass(frozen=True)
class World:
    """A folder with a bare repository ``shared`` and whatever clones a state needs."""

    root: Path

    def folder(self, name: str) -> Scratch:
        (self.root / name).mkdir()
        return Scratch(self.root / name)

    def start(self) -> Scratch:
        """The shared repository with 1.0.0 on main, and the first clone."""
        first = self.folder("first")
        first.git("init", "--quiet", "--initial-branch=main")
        first.write(".jsonschema-tools.yaml", SETTINGS)
        self.release(first, "1.0.0")
        self.folder("shared").git("init", "--quiet", "--bare", "--initial-branch=main")
        first.git("remote", "add", "origin", str(self.root / "shared"))
        first.git("push", "--quiet", "--set-upstream", "origin", "main")
        shutil.rmtree(first.root)
        return self.clone("work")

    def clone(self, name: str, *arguments: str, source: str = "shared") -> Scratch:
        self.folder(name).git("clone", "--quiet", *arguments, f"file://{self.root / source}", ".")
        return Scratch(self.root / name)

    def release(self, there: Scratch, version: str, *properties: str) -> None:
        """Write a version of ``a`` and commit it on the branch that is there."""
        self.draft(there, version, *properties)
        there.commit()

    def draft(self, there: Scratch, version: str, *properties: str) -> None:
        there.write(CURRENT, schema(version, *properties))
        result = there.jst("materialize", "--force")
        assert result.exit_code == 0, result.output

    def colleague(self, version: str, *properties: str, branch: str = "main") -> Scratch:
        """Somebody else pushes a version to a branch of the shared repository."""
        other = self.clone("colleague")
        other.git("checkout", "--quiet", *([] if branch == "main" else ["-b"]), branch)
        self.release(other, version, *properties)
        other.git("push", "--quiet", "origin", branch)
        return other


@dataclass(frozen=True)
class RepositoryState:
    """How to bring about a state, and the standing of versions in it; ``words`` are part of what a refusal says."""

    says: str
    build: Callable[[World], Scratch]
    versions: dict[str, str]
    words: dict[str, str] = field(default_factory=dict)


def _topic(world: World, version: str = "1.1.0", *properties: str) -> Scratch:
    work = world.start()
    work.git("checkout", "--quiet", "-b", "topic")
    world.release(work, version, *(properties or ("y",)))
    return work


def on_main(world: World) -> Scratch:
    return world.start()


def uncommitted(world: World) -> Scratch:
    work = world.start()
    world.draft(work, "1.1.0", "y")
    return work


def staged(world: World) -> Scratch:
    work = uncommitted(world)
    work.git("add", "--all")
    return work


def stash(world: World) -> Scratch:
    work = uncommitted(world)
    work.git("stash", "--quiet", "--include-untracked")
    world.draft(work, "1.1.0", "z")
    return work


def committed_on_a_branch(world: World) -> Scratch:
    return _topic(world)


def amended(world: World) -> Scratch:
    work = _topic(world)
    world.draft(work, "1.1.0", "z")
    work.git("add", "--all")
    work.git("commit", "--quiet", "--amend", "--no-edit")
    return work


def pushed_for_review(world: World) -> Scratch:
    work = _topic(world)
    work.git("push", "--quiet", "origin", "topic")
    work.git("push", "--quiet", "origin", "HEAD:refs/for/main")
    return work


def fetched_branch_of_a_colleague(world: World) -> Scratch:
    work = world.start()
    world.colleague("1.1.0", "theirs", branch="theirs")
    work.git("fetch", "--quiet")
    world.draft(work, "1.1.0", "mine")
    return work


def unpushed_on_main(world: World) -> Scratch:
    work = world.start()
    world.release(work, "1.1.0", "y")
    return work


def squash_merged_and_going_on(world: World) -> Scratch:
    work = _topic(world)
    work.git("push", "--quiet", "origin", "topic")
    other = world.clone("merger")
    other.git("merge", "--quiet", "--squash", "origin/topic")
    other.commit()
    other.git("push", "--quiet")
    work.git("fetch", "--quiet")
    return work


def merged_with_a_merge_commit(world: World) -> Scratch:
    work = _topic(world)
    world.release(work, "1.1.0", "corrected")
    work.git("checkout", "--quiet", "main")
    work.git("merge", "--quiet", "--no-ff", "--no-edit", "topic")
    work.git("push", "--quiet")
    return work


def rebased(world: World) -> Scratch:
    work = _topic(world)
    other = world.clone("colleague")
    other.write("README", "hello\n")
    other.commit()
    other.git("push", "--quiet")
    work.git("pull", "--quiet", "--rebase", "origin", "main")
    return work


def behind_main(world: World) -> Scratch:
    work = world.start()
    work.git("checkout", "--quiet", "-b", "topic")
    world.colleague("1.1.0", "theirs")
    work.git("fetch", "--quiet")
    return work


def taken_while_a_draft(world: World) -> Scratch:
    work = _topic(world, "1.1.0", "mine")
    world.colleague("1.1.0", "theirs")
    work.git("fetch", "--quiet")
    return work


def merged_main_into_the_branch(world: World) -> Scratch:
    work = behind_main(world)
    work.write("other", "")
    work.commit()
    work.git("merge", "--quiet", "--no-edit", "origin/main")
    return work


def removed_on_the_branch(world: World) -> Scratch:
    work = world.start()
    world.release(work, "1.1.0", "y")
    work.git("push", "--quiet")
    work.git("checkout", "--quiet", "-b", "topic")
    for path in (work.root / "jsonschema/a").glob("1.1.0*"):
        path.unlink()
    work.commit()
    return work


def reverted_release(world: World) -> Scratch:
    work = world.start()
    world.release(work, "1.1.0", "y")
    work.git("push", "--quiet")
    work.git("revert", "--no-edit", "HEAD")
    work.git("push", "--quiet")
    return work


def fork_with_two_remotes(world: World) -> Scratch:
    work = world.start()
    shutil.copytree(world.root / "shared", world.root / "fork")
    work.git("remote", "rename", "origin", "upstream")
    work.git("remote", "add", "origin", str(world.root / "fork"))
    world.colleague("1.1.0", "theirs")
    work.git("fetch", "--quiet", "--all")
    return work


def renamed_default_branch(world: World) -> Scratch:
    work = world.start()
    shared = Scratch(world.root / "shared")
    shared.git("branch", "--move", "main", "trunk")
    shared.git("symbolic-ref", "HEAD", "refs/heads/trunk")
    work.git("fetch", "--quiet", "--prune")
    work.git("remote", "set-head", "origin", "--auto")
    return work


def unpruned_head(world: World) -> Scratch:
    work = renamed_default_branch(world)
    work.git("symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/main")
    work.git("update-ref", "refs/remotes/origin/master", "refs/remotes/origin/trunk")
    return work


def gitflow(world: World) -> Scratch:
    work = world.start()
    work.git("checkout", "--quiet", "-b", "develop")
    world.release(work, "1.1.0", "y")
    work.git("push", "--quiet", "origin", "develop")
    work.git("checkout", "--quiet", "-b", "feature/z")
    return work


def gitflow_with_a_key(world: World) -> Scratch:
    work = gitflow(world)
    work.write(".jsonschema-tools.yaml", f"{SETTINGS}releaseBranches: [main, develop]\n")
    return work


def one_branch_a_version(world: World) -> Scratch:
    work = world.start()
    work.write(".jsonschema-tools.yaml", f"{SETTINGS}releaseBranches: [main, 'release/*']\n")
    work.commit()
    work.git("push", "--quiet")
    work.git("checkout", "--quiet", "-b", "release/2")
    world.release(work, "2.0.0", "two")
    work.git("push", "--quiet", "origin", "release/2")
    work.git("checkout", "--quiet", "-b", "release/1", "main")
    return work


def no_remote(world: World) -> Scratch:
    work = world.start()
    work.git("remote", "remove", "origin")
    work.git("checkout", "--quiet", "-b", "topic")
    world.release(work, "1.1.0", "y")
    return work


def no_remote_and_no_usual_branch(world: World) -> Scratch:
    work = world.start()
    work.git("remote", "remove", "origin")
    work.git("branch", "--move", "work")
    world.release(work, "1.1.0", "y")
    return work


def nothing_pushed(world: World) -> Scratch:
    work = world.start()
    work.git("remote", "remove", "origin")
    work.git("remote", "add", "origin", str(world.root / "elsewhere"))
    return work


def nothing_pushed_with_a_key(world: World) -> Scratch:
    work = nothing_pushed(world)
    work.write(".jsonschema-tools.yaml", f"{SETTINGS}releaseBranches: [main]\n")
    work.git("checkout", "--quiet", "-b", "topic")
    world.release(work, "1.1.0", "y")
    return work


def worktree(world: World) -> Scratch:
    work = world.start()
    work.git("worktree", "add", "--quiet", "-b", "topic", str(world.root / "tree"))
    tree = Scratch(world.root / "tree")
    world.release(tree, "1.1.0", "y")
    return tree


def submodule(world: World) -> Scratch:
    world.start()
    outer = world.folder("outer")
    outer.git("init", "--quiet")
    outer.git(
        "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", f"file://{world.root}/shared", "schemas"
    )
    inner = Scratch(outer.root / "schemas")
    world.draft(inner, "1.1.0", "y")
    return inner


def sparse(world: World) -> Scratch:
    work = world.start()
    work.write("jsonschema/b/current.yaml", schema("1.0.0", title="b"))
    work.commit()
    work.git("push", "--quiet")
    work.git("sparse-checkout", "set", "--no-cone", "/.jsonschema-tools.yaml", "current.yaml", "/jsonschema/b/")
    assert not (work.root / "jsonschema/a/1.0.0.yaml").exists()
    return work


def shallow(world: World) -> Scratch:
    work = world.start()
    work.write("other", "")
    work.commit()
    work.git("push", "--quiet")
    return world.clone("shallow", "--depth=1")


def pull_request_checkout(world: World) -> Scratch:
    """What CI fetches for a pull request: one commit, on no branch."""
    work = _topic(world)
    work.git("push", "--quiet", "origin", "topic:refs/pull/1/merge")
    checkout = world.folder("checkout")
    checkout.git("init", "--quiet")
    checkout.git("remote", "add", "origin", f"file://{world.root}/shared")
    checkout.git("fetch", "--quiet", "--depth=1", "origin", "+refs/pull/1/merge:refs/remotes/pull/1/merge")
    checkout.git("checkout", "--quiet", "--detach", "refs/remotes/pull/1/merge")
    return checkout


def merge_queue(world: World) -> Scratch:
    work = _topic(world)
    work.git("push", "--quiet", "origin", "topic:gh-readonly-queue/main/pr-1")
    queue = world.clone("queue")
    queue.git("checkout", "--quiet", "--detach", "origin/gh-readonly-queue/main/pr-1")
    return queue


def tag_build(world: World) -> Scratch:
    work = world.start()
    world.release(work, "1.1.0", "y")
    work.git("tag", "v1")
    world.release(work, "1.2.0", "y", "z")
    work.git("push", "--quiet", "--tags", "origin", "main")
    build = world.clone("build")
    build.git("checkout", "--quiet", "--detach", "v1")
    return build


def partial(world: World) -> Scratch:
    Scratch(world.start().root.parent / "shared").git("config", "uploadpack.allowFilter", "true")
    work = world.clone("partial", "--filter=blob:none")
    world.draft(work, "1.1.0", "y")
    return work


def detached(world: World) -> Scratch:
    work = world.start()
    work.git("checkout", "--quiet", "--detach")
    world.release(work, "1.1.0", "y")
    return work


def bisect(world: World) -> Scratch:
    work = world.start()
    world.release(work, "1.1.0", "y")
    world.release(work, "1.2.0", "y", "z")
    work.git("push", "--quiet")
    work.git("bisect", "start")
    work.git("bisect", "bad", "HEAD")
    work.git("bisect", "good", "HEAD~2")
    return work


def merge_conflict_in_a_draft(world: World) -> Scratch:
    work = _topic(world, "1.1.0", "mine")
    work.git("checkout", "--quiet", "-b", "other", "main")
    world.release(work, "1.1.0", "theirs")
    _merge_with_conflict(work, "topic")
    return work


def merge_conflict_in_a_released_version(world: World) -> Scratch:
    work = taken_while_a_draft(world)
    _merge_with_conflict(work, "origin/main")
    return work


def _merge_with_conflict(work: Scratch, other: str) -> None:
    subprocess.run(
        ["git", "-c", "user.name=x", "-c", "user.email=x@y.z", "merge", other],
        cwd=work.root,
        capture_output=True,
        check=False,
    )
    assert "<<<<<<<" in work.read("jsonschema/a/1.1.0.yaml")
    work.write(CURRENT, schema("1.1.0", "mine"))


def monorepo(world: World) -> Scratch:
    """Two repositories of schemas in one of Git: the other's branches and versions are its own."""
    work = world.start()
    other = Scratch(work.root / "other")
    other.write(".jsonschema-tools.yaml", f"{SETTINGS}releaseBranches: [other]\n")
    world.draft(other, "1.1.0", "elsewhere")
    work.commit()
    work.git("push", "--quiet")
    return work


def ignored_folder(world: World) -> Scratch:
    outer = world.folder("outer")
    outer.git("init", "--quiet", "--initial-branch=main")
    outer.write(".gitignore", "schemas/\n")
    outer.commit()
    return _copy(world, outer.root / "schemas")


def below_a_foreign_top(world: World) -> Scratch:
    outer = world.folder("outer")
    outer.git("init", "--quiet", "--initial-branch=main")
    outer.write("dotfile", "")
    outer.commit()
    return _copy(world, outer.root / "schemas")


def outside_of_git(world: World) -> Scratch:
    return _copy(world, world.root / "plain")


def _copy(world: World, folder: Path) -> Scratch:
    shutil.copytree(world.start().root, folder, symlinks=True, ignore=shutil.ignore_patterns(".git"))
    return Scratch(folder)


def ignored_version_files(world: World) -> Scratch:
    """Only what people edit is in Git; the version files are published from somebody's folder."""
    work = world.start()
    work.write(".gitignore", "/jsonschema/b/[0-9]*\n")
    work.git("add", ".gitignore")
    return work


def no_commit(world: World) -> Scratch:
    work = world.folder("new")
    work.git("init", "--quiet")
    work.write(".jsonschema-tools.yaml", SETTINGS)
    world.draft(work, "1.0.0")
    return work


def stacked_branches(world: World) -> Scratch:
    work = _topic(world)
    work.git("checkout", "--quiet", "-b", "topic-2")
    world.release(work, "1.2.0", "y", "z")
    return work


def maintenance_release(world: World) -> Scratch:
    work = world.start()
    world.release(work, "2.0.0", "two")
    work.git("push", "--quiet")
    work.git("checkout", "--quiet", "-b", "fix")
    world.draft(work, "1.0.1")
    return work


def mirror_with_many_remotes(world: World) -> Scratch:
    """Names of remotes with a slash: ``team/main`` is no branch main of a remote team."""
    work = world.start()
    work.git("remote", "rename", "origin", "team/schemas")
    work.git("remote", "add", "team", str(world.root / "nowhere"))
    world.draft(work, "1.1.0", "y")
    return work


STATES = [
    RepositoryState("on main, nothing changed", on_main, {"1.0.0": "released"}),
    RepositoryState("a version not committed yet", uncommitted, {"1.0.0": "released", "1.1.0": "draft"}),
    RepositoryState("a version that is staged", staged, {"1.0.0": "released", "1.1.0": "draft"}),
    RepositoryState("another content of it in a stash", stash, {"1.1.0": "draft"}),
    RepositoryState("committed on a branch", committed_on_a_branch, {"1.0.0": "released", "1.1.0": "draft"}),
    RepositoryState("amended", amended, {"1.1.0": "draft"}),
    RepositoryState("pushed for review, as a branch and to Gerrit", pushed_for_review, {"1.1.0": "draft"}),
    RepositoryState("a colleague's branch is fetched", fetched_branch_of_a_colleague, {"1.1.0": "draft"}),
    RepositoryState("committed on main, not pushed", unpushed_on_main, {"1.0.0": "released", "1.1.0": "draft"}),
    RepositoryState("squash-merged, and the branch goes on", squash_merged_and_going_on, {"1.1.0": "released"}),
    RepositoryState(
        "corrected on a branch, merged with a merge commit", merged_with_a_merge_commit, {"1.1.0": "released"}
    ),
    RepositoryState("rebased onto main", rebased, {"1.0.0": "released", "1.1.0": "draft"}),
    RepositoryState(
        "main has gone on", behind_main, {"1.0.0": "released", "1.1.0": "ahead"}, {"1.1.0": "git merge origin/main"}
    ),
    RepositoryState(
        "main released the number of a draft",
        taken_while_a_draft,
        {"1.1.0": "taken"},
        {"1.1.0": "git merge origin/main"},
    ),
    RepositoryState("main merged into the branch", merged_main_into_the_branch, {"1.1.0": "released"}),
    RepositoryState(
        "a released version removed on a branch",
        removed_on_the_branch,
        {"1.1.0": "missing"},
        {"1.1.0": "released already"},
    ),
    RepositoryState("a release reverted on main", reverted_release, {"1.0.0": "released", "1.1.0": "withdrawn"}),
    RepositoryState(
        "a fork: origin is stale, upstream is not", fork_with_two_remotes, {"1.0.0": "released", "1.1.0": "ahead"}
    ),
    RepositoryState("the default branch was renamed", renamed_default_branch, {"1.0.0": "released"}),
    RepositoryState("origin/HEAD leads nowhere, master is left", unpruned_head, {"1.0.0": "released"}),
    RepositoryState("gitflow, by default: develop holds drafts", gitflow, {"1.0.0": "released", "1.1.0": "draft"}),
    RepositoryState("gitflow, develop is named in releaseBranches", gitflow_with_a_key, {"1.1.0": "released"}),
    RepositoryState(
        "one branch a version",
        one_branch_a_version,
        {"1.0.0": "released", "2.0.0": "ahead"},
        {"2.0.0": "origin/release/2"},
    ),
    RepositoryState("no remote, on a branch", no_remote, {"1.0.0": "released", "1.1.0": "draft"}),
    RepositoryState("no remote, neither main nor master", no_remote_and_no_usual_branch, {"1.1.0": "released"}),
    RepositoryState(
        "a remote, nothing pushed yet", nothing_pushed, {"1.0.0": "unknown"}, {"1.0.0": "git fetch origin main"}
    ),
    RepositoryState(
        "the same with releaseBranches: [main]", nothing_pushed_with_a_key, {"1.0.0": "released", "1.1.0": "draft"}
    ),
    RepositoryState("a worktree", worktree, {"1.0.0": "released", "1.1.0": "draft"}),
    RepositoryState("a submodule", submodule, {"1.0.0": "released", "1.1.0": "draft"}),
    RepositoryState("a sparse checkout without the version", sparse, {"1.0.0": "missing"}),
    RepositoryState(
        "a shallow clone of main", shallow, {"1.0.0": "released", "1.1.0": "unknown"}, {"1.1.0": "--unshallow"}
    ),
    RepositoryState(
        "a pull request, depth 1",
        pull_request_checkout,
        {"1.0.0": "unknown", "1.1.0": "unknown"},
        {"1.1.0": "git fetch"},
    ),
    RepositoryState("a merge queue", merge_queue, {"1.0.0": "released", "1.1.0": "draft"}),
    RepositoryState("the build of a tag", tag_build, {"1.1.0": "released", "1.2.0": "ahead"}),
    RepositoryState("a partial clone", partial, {"1.0.0": "released", "1.1.0": "draft"}),
    RepositoryState("a detached HEAD with commits", detached, {"1.0.0": "released", "1.1.0": "draft"}),
    RepositoryState("in the middle of a bisect", bisect, {"1.1.0": "released", "1.2.0": "ahead"}),
    RepositoryState(
        "a merge conflict inside a draft", merge_conflict_in_a_draft, {"1.0.0": "released", "1.1.0": "conflict"}
    ),
    RepositoryState(
        "a merge conflict inside a released version",
        merge_conflict_in_a_released_version,
        {"1.1.0": "released"},
        {"1.1.0": "origin/main"},
    ),
    RepositoryState("two configurations in one repository", monorepo, {"1.0.0": "released", "1.1.0": "free"}),
    RepositoryState("in a folder that Git ignores", ignored_folder, {"1.0.0": "released", "1.1.0": "free"}),
    RepositoryState(
        "below a top that tracks nothing here", below_a_foreign_top, {"1.0.0": "released", "1.1.0": "free"}
    ),
    RepositoryState("outside of Git", outside_of_git, {"1.0.0": "released", "1.1.0": "free"}),
    RepositoryState("no commit yet", no_commit, {"1.0.0": "draft"}),
    RepositoryState("stacked branches, each a version", stacked_branches, {"1.1.0": "draft", "1.2.0": "draft"}),
    RepositoryState("a maintenance release", maintenance_release, {"1.0.1": "draft", "2.0.0": "released"}),
    RepositoryState("names of remotes with slashes", mirror_with_many_remotes, {"1.0.0": "released", "1.1.0": "draft"}),
]
