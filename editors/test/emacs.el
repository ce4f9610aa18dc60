;; Emacs with the shipped mode, and eglot with the real server in a copy of examples/shop:
;;
;;   emacs -Q --batch -l emacs.el    with $XKS_SHIPPED, $XKS_LSP and $XKS_SHOP set -*- lexical-binding: t; -*-

(setq-default byte-compile-error-on-warn t)
(let ((mode (expand-file-name "emacs/xks-mode.el" (getenv "XKS_SHIPPED")))
      (byte-compile-dest-file-function (lambda (_) (make-temp-file "xks-mode" nil ".elc"))))
  (unless (byte-compile-file mode)
    (message "Emacs: FAILED: xks-mode.el does not compile without warnings")
    (kill-emacs 1))
  (load mode nil t))
;; -Q leaves out what packages add.
(dolist (folder (file-expand-wildcards "/usr/share/emacs/site-lisp/elpa/eglot-*")) (add-to-list 'load-path folder))
(require 'eglot)
(require 'flymake)

(defun say (&rest words) (message "Emacs %s: %s" emacs-version (apply #'format words)))
(defun fail (&rest words) (say "FAILED: %s" (apply #'format words)) (kill-emacs 1))
(defun equals (what actual expected) (unless (equal actual expected) (fail "%s is %S, not %S" what actual expected)))
(defun wait (what condition)
  (let ((end (+ (float-time) 20)) value)
    (while (and (not (setq value (funcall condition))) (< (float-time) end)) (accept-process-output nil 0.02))
    (or value (fail "%s did not come; diagnostics: %S" what (mapcar #'flymake-diagnostic-text (flymake-diagnostics))))))

;; Colours: the marks that tell the colours of the tree-sitter grammar, as far as this mode has them.
(defconst faces
  '(("keyword" font-lock-keyword-face) ("keyword.operator" font-lock-keyword-face) ("keyword.modifier" font-lock-type-face)
    ("string" font-lock-string-face) ("constant.macro" font-lock-preprocessor-face font-lock-variable-name-face) ("function" font-lock-function-name-face)
    ("constant.builtin" font-lock-builtin-face) ("module" font-lock-constant-face) ("comment" font-lock-comment-face font-lock-comment-delimiter-face)))
(find-file (expand-file-name "tree-sitter-xks/test/highlight/shop.xks" (getenv "XKS_SHIPPED")))
(equals "the mode" major-mode 'xks-mode)
(font-lock-ensure)
(let ((above 1) (marks 0))
  (while (not (eobp))
    (if (not (looking-at "^#\\( *\\)\\(<-\\|\\^\\) \\([a-z.]+\\)$"))
        (setq above (point))
      (let* ((position (+ above (if (equal (match-string 2) "<-") 0 (1+ (length (match-string 1))))))
             (face (get-text-property position 'face))
             (faces-there (if (listp face) face (list face)))
             (expected (cdr (assoc (match-string 3) faces))))
        ;; Values without quotes are plain here.
        (when (and expected (or (not (equal (match-string 3) "string")) (nth 3 (save-match-data (save-excursion (syntax-ppss position))))))
          (setq marks (1+ marks))
          (unless (seq-intersection faces-there expected)
            (fail "line %d, column %d has %S, not %S" (line-number-at-pos above) (- position above -1) face expected)))))
    (forward-line 1))
  (unless (> marks 30) (fail "only %d marks" marks))
  (say "%d colours are right" marks))

;; Indentation: what is formatted stays as it is, and what is not becomes so.
(dolist (file (directory-files-recursively (getenv "XKS_SHOP") "\\.xks\\'"))
  (with-temp-buffer
    (insert-file-contents file)
    (let ((formatted (buffer-string)))
      (xks-mode)
      (goto-char (point-min))
      (while (re-search-forward "^[ \t]+" nil t) (replace-match ""))
      (let ((inhibit-message t)) (indent-region (point-min) (point-max)))
      (equals (concat "the indentation of " file) (buffer-string) formatted))))
(with-temp-buffer
  (let ((text (concat "allow web,\n  # one\n  bff -> cart,\n\n  db\nallow pods(\n  tier=web, # {\n  x\n) -> *\n"
                      "expose a at b.c,\n  d.e {\n  from f,\n    g\n  exact\n}\napp b\n")))
    (insert (replace-regexp-in-string "^ +" "" text))
    (xks-mode)
    (let ((inhibit-message t)) (indent-region (point-min) (point-max)))
    (equals "the indentation of lists" (buffer-string) text))
  (goto-char (point-min))
  (forward-line 1)
  (comment-region (point-min) (line-end-position 0))
  (goto-char (point-min))
  (unless (looking-at "# allow web") (fail "a comment is %S" (buffer-substring 1 20))))
(with-temp-buffer
  (insert "tenant shop\napp web\nexpose web at www.example.com\n")
  (xks-mode)
  (equals "the index" (mapcar (lambda (group) (list (car group) (caadr group))) (funcall imenu-create-index-function))
          '(("Tenants" "shop") ("Apps" "web") ("Exposed" "www.example.com"))))
(say "indentation, comments and index are right")

(unless (getenv "XKS_LSP") (kill-emacs 0))

(setq xks-server-command (list (getenv "XKS_LSP")) eglot-sync-connect 20 eglot-autoshutdown t)
(find-file (expand-file-name "tenants/orders/orders.xks" (getenv "XKS_SHOP")))
(equals "the workspace" (directory-file-name (project-root (project-current))) (getenv "XKS_SHOP"))
(apply #'eglot (eglot--guess-contact))
(flymake-mode 1)

(defun errors () (seq-filter (lambda (found) (eq (flymake-diagnostic-type found) 'eglot-error)) (flymake-diagnostics)))
(defun edit (old new)
  (goto-char (point-min))
  (unless (search-forward old nil t) (fail "no %S" old))
  (replace-match new t t)
  ;; Both wait for Emacs to be idle, which it never is in batch mode.
  (eglot--signal-textDocument/didChange)
  (flymake-start))
(defun request (method &rest more)
  (jsonrpc-request (eglot-current-server) method
                   (append (list :textDocument (eglot--TextDocumentIdentifier)) more)))

(edit "allow worker -> warehouse" "allow worker -> warehouze")
(let ((found (car (wait "an error" #'errors))))
  (equals "the place" (buffer-substring (flymake-diagnostic-beg found) (flymake-diagnostic-end found)) "warehouze")
  (unless (string-match-p "warehouze" (flymake-diagnostic-text found)) (fail "it says %S" (flymake-diagnostic-text found))))
(edit "allow worker -> warehouze" "allow worker -> warehouse")
(wait "the end of the error" (lambda () (null (errors))))

;; What the server does not offer cannot be tested, and run.sh tells.
(defun offers (capability)
  (or (eglot--server-capable capability)
      (progn (say "NOT TESTED: %s is not offered by the server" capability) nil)))

(goto-char (point-min))
(search-forward "allow worker -> ware")
(when (offers :hoverProvider)
  (let ((hover (request :textDocument/hover :position (eglot--pos-to-lsp-position))))
    (unless (string-match-p "warehouse" (format "%S" hover)) (fail "the hover says %S" hover))))

(when (offers :documentFormattingProvider)
  (edit "allow worker -> warehouse" "allow   worker->warehouse")
  (eglot-format-buffer)
  (goto-char (point-min))
  (unless (search-forward "\nallow worker -> warehouse\n" nil t) (fail "formatting did not put it right"))
  (search-backward "warehouse"))

(when (offers :definitionProvider)
  (xref-find-definitions "LSP identifier at point.")
  (unless (looking-at-p "warehouse -> 10.20.0.15") (fail "the declaration is not at %S" (thing-at-point 'line))))
(say "eglot: what the server offers is right")
(set-buffer-modified-p nil)
(kill-emacs 0)
