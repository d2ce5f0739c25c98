import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect, useId, useRef, useState, type FormEvent } from "react";

import { access } from "@/api/clients.ts";
import { problem } from "@/api/errors.ts";
import { signIn } from "@/api/session.ts";
import { Button } from "@/ui/Button.tsx";
import { Checkbox, TextField } from "@/ui/Field.tsx";
import { useSession } from "./sessionHook.ts";
import styles from "./SignIn.module.css";

/** Asks for a token as soon as the gateway wants one. What the page shows, and what was typed, stays behind it. */
export function SignIn() {
  const { refused } = useSession();
  return refused ? <SignInDialog /> : null;
}

function SignInDialog() {
  const { token: held } = useSession();
  const [token, setToken] = useState("");
  const [stay, setStay] = useState(false);
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useId();
  const queries = useQueryClient();
  useEffect(() => dialog.current!.showModal(), []);
  const check = useMutation({
    mutationFn: () => access.getCaller({}, { headers: { authorization: `Bearer ${token.trim()}` } }),
    onSuccess: () => {
      signIn(token.trim(), stay);
      // It may be somebody else: what another was shown is not theirs to see.
      void queries.resetQueries();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (token.trim()) check.mutate();
  };
  return (
    <dialog ref={dialog} className={styles.dialog} aria-labelledby={heading} onCancel={(event) => event.preventDefault()}>
      <form className={styles.form} onSubmit={submit}>
        <h2 id={heading}>Sign in</h2>
        <p>
          {held ? "The gateway does not take your token any more." : "This deployment wants to know who you are."} Tokens are listed under{" "}
          <code>auth</code> in its instance file.
        </p>
        <TextField label="Token" type="password" autoFocus autoComplete="current-password" value={token} onChange={(event) => setToken(event.target.value)} />
        <Checkbox label="Stay signed in on this browser" checked={stay} onChange={(event) => setStay(event.target.checked)} />
        {check.error && (
          <p role="alert" className={styles.problem}>
            {problem(check.error).message}
          </p>
        )}
        <Button kind="primary" type="submit" busy={check.isPending} disabled={!token.trim()}>
          Sign in
        </Button>
      </form>
    </dialog>
  );
}
