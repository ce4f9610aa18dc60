;;; xks-mode.el --- Major mode for xks, networking for Kubernetes in one line  -*- lexical-binding: t; -*-

;; Version: 0.1.0
;; Package-Requires: ((emacs "27.1"))
;; Keywords: languages
;; SPDX-License-Identifier: Apache-2.0

;;; Commentary:

;; Colours, comments, indentation and an index of declarations for .xks files.  With eglot, `M-x eglot' starts the language
;; server `xks-lsp'; a folder with a file platform.xks is a workspace of its own.

;;; Code:

(require 'project)

(defgroup xks nil
  "Networking for Kubernetes in one line."
  :group 'languages)

(defcustom xks-indent-offset 2
  "How far what stands in braces, or goes on behind a comma, is indented."
  :type 'natnum
  :safe #'natnump)

(defcustom xks-server-command '("xks-lsp")
  "The command that starts the language server."
  :type '(repeat string)
  :risky t)

(eval-and-compile
  (defconst xks--name "[^][ \t\n,;{}()#\":/=!]+" "What a name is made of.")
  (defconst xks--start "\\(?:^\\|[;{}]\\)[ \t]*" "Where a statement, clause or fact may start.")
  (defconst xks--end "\\(?:[] \t,;{}()#\":/]\\|$\\)" "What may stand behind a name."))

(defvar xks-mode-syntax-table
  (let ((table (make-syntax-table)))
    (modify-syntax-entry ?# "<" table)
    (modify-syntax-entry ?\n ">" table)
    (modify-syntax-entry ?\" "\"" table)
    (modify-syntax-entry ?\\ "\\" table)
    (modify-syntax-entry ?' "." table)
    (dolist (character '(?- ?_))
      (modify-syntax-entry character "_" table))
    (dolist (character '(?. ?/ ?: ?* ?$ ?= ?! ?> ?< ?& ?| ?+ ?% ?@))
      (modify-syntax-entry character "." table))
    table)
  "Syntax table of `xks-mode'.")

(defconst xks--statements
  '("allow" "app" "certificate" "expect" "export" "expose" "external" "group" "include" "never" "platform" "ports"
    "service" "tenant"))

(defconst xks--clauses
  '("backend" "because" "exact" "for" "from" "host-header" "in" "isolated" "issuer" "labels" "limit" "mesh" "names"
    "namespace" "nginx" "no-tls" "port" "private" "public" "redirect" "rewrite" "secret" "timeout" "tls" "until" "verify"))

(defun xks--in-peers-p (position)
  "Whether a word at POSITION stands for a peer or a name, and so is no keyword."
  (save-excursion
    (goto-char position)
    (skip-chars-backward " \t\n")
    (or (memq (char-before) '(?, ?=))
        (looking-back "->" (- (point) 2))
        (looking-back (concat xks--start (regexp-opt xks--statements)) (line-beginning-position))
        (looking-back "\\_<\\(?:to\\|tls\\|for\\)" (line-beginning-position)))))

(defun xks--in-platform-p (position)
  "Whether POSITION is in the braces of `platform', or in those of an `env' there."
  (save-excursion
    (let ((outermost (car (nth 9 (syntax-ppss position)))))
      (and outermost
           (progn (goto-char outermost) (looking-back "\\_<platform[ \t]*" (line-beginning-position)))))))

(defun xks--match-clause (limit)
  "Find a clause before LIMIT."
  (let (found)
    (while (and (not found) (re-search-forward (regexp-opt xks--clauses 'symbols) limit t))
      (let ((start (match-beginning 0)) (end (match-end 0)))
        (setq found (save-match-data
                      (save-excursion
                        (and (not (nth 8 (syntax-ppss start)))
                             (memq (char-before start) '(?\s ?\t ?\; ?{ ?} ?\n nil))
                             (memq (char-after end) '(?\s ?\t ?\; ?, ?: ?{ ?} ?\n ?# ?\( nil))
                             (not (xks--in-peers-p start))
                             (not (xks--in-platform-p start))))))))
    found))

(defun xks--match-fact (limit)
  "Find the name of a fact or of a value of an environment before LIMIT."
  (let (found)
    (while (and (not found) (re-search-forward (concat xks--start "\\(" xks--name "\\)") limit t))
      (setq found (save-match-data
                    (save-excursion
                      (and (not (nth 8 (syntax-ppss (match-beginning 1))))
                           (xks--in-platform-p (match-beginning 1)))))))
    found))

(defvar xks-font-lock-keywords
  `((,(concat xks--start "\\(" (regexp-opt xks--statements) "\\)" "\\(?:[ \t{]\\|$\\)") 1 font-lock-keyword-face)
    (,(concat xks--start "tenant[ \t]+\\(" xks--name "\\)") 1 font-lock-constant-face)
    (,(concat xks--start "\\(?:service\\|external\\|group\\|ports\\|certificate\\)[ \t]+\\(" xks--name "\\)")
     1 font-lock-variable-name-face)
    (,(concat xks--start "app[ \t]+\\(" xks--name "\\)")
     (1 font-lock-variable-name-face)
     (,(concat "\\=[ \t]*,[ \t\n]*\\(" xks--name "\\)") nil nil (1 font-lock-variable-name-face)))
    (xks--match-fact 1 font-lock-variable-name-face)
    (xks--match-clause 0 font-lock-type-face)
    ("\\_<tls[ \t]+\\(secret\\)[ \t]+[^ \t{};#\n]" 1 font-lock-type-face)
    ("\\${[^}$ \"\n]*}" 0 font-lock-preprocessor-face prepend)
    (,(concat "\\(?:^\\|[ \t,]\\)\\(\\*\\|" xks--name "\\)/\\(?:\\*\\|[A-Za-z]\\)") 1 font-lock-constant-face)
    (,(concat xks--start "export[ \t].*?[ \t]to[ \t]+\\(" xks--name "\\)")
     (1 font-lock-constant-face)
     (,(concat "\\=[ \t]*,[ \t\n]*\\(" xks--name "\\)") nil nil (1 font-lock-constant-face)))
    (,(concat xks--start "export[ \t]+\\(host\\|publish\\)[ \t]+\\(?:[^t \t,;#{}]\\|t[^o \t]\\|to[^ \t]\\)")
     1 font-lock-keyword-face)
    (,(concat "\\_<\\(pods\\|tenants\\)(") 1 font-lock-function-name-face)
    (,(concat "\\(?:->\\|,\\|" xks--start (regexp-opt '("allow" "never" "expect")) "\\)[ \t]*\\_<\\("
              (regexp-opt '("dns" "ingress" "internet" "kube-api" "metadata" "nodes")) "\\)" xks--end)
     1 font-lock-builtin-face)
    ("\\_<\\(at\\|to\\|except\\|not\\)[ \t(]" 1 font-lock-keyword-face)
    ("\\_<limit[ \t]+\\(connections\\|rps\\)\\_>" 1 font-lock-builtin-face)
    ("\\_<nginx[ \t]+\\([a-z-]+\\)" 1 font-lock-variable-name-face)
    ("->" 0 font-lock-keyword-face))
  "Colours of `xks-mode'.")

(defun xks--before ()
  "Go to the line before that says something; nil if there is none."
  (let (found)
    (while (and (not found) (not (bobp)))
      (forward-line -1)
      (setq found (not (looking-at "[ \t]*\\(?:#\\|$\\)"))))
    found))

(defun xks--goes-on-p ()
  "Whether the line ends with a comma, so that the next one goes on with it."
  (save-excursion
    (end-of-line)
    (let ((comment (nth 8 (syntax-ppss))))
      (when comment (goto-char comment)))
    (skip-chars-backward " \t" (line-beginning-position))
    (eq (char-before) ?,)))

(defun xks--indentation-of (open)
  "How far the line is indented that starts what has its brace at OPEN."
  (save-excursion
    (goto-char open)
    (beginning-of-line)
    (while (save-excursion (and (xks--before) (xks--goes-on-p)))
      (xks--before))
    (current-indentation)))

(defun xks-indentation ()
  "How far the line is to be indented."
  (save-excursion
    (beginning-of-line)
    (let* ((state (syntax-ppss))
           (closes (looking-at "[ \t]*[})]"))
           (open (nth 1 state)))
      (cond
       ((nth 3 state) (current-indentation))
       (closes (if open (xks--indentation-of open) 0))
       (t (let ((base (if open (+ (xks--indentation-of open) xks-indent-offset) 0)))
            ;; In parentheses the lines are one step in already.
            (if (and (not (eq (and open (char-after open)) ?\())
                     (xks--before)
                     (or (not open) (> (line-beginning-position) open))
                     (xks--goes-on-p))
                (+ base xks-indent-offset)
              base)))))))

(defun xks-indent-line ()
  "Indent the line."
  (interactive)
  (let ((indentation (xks-indentation)))
    (if (<= (current-column) (current-indentation))
        (indent-line-to indentation)
      (save-excursion (indent-line-to indentation)))))

(defvar xks-imenu-generic-expression
  ;; The last is shown first.
  `(("Exposed" "^[ \t]*expose[ \t]+[^ \t]+[ \t]+at[ \t]+\\([^ \t\n,]+\\)" 1)
    ("Certificates" ,(concat "^[ \t]*certificate[ \t]+\\(" xks--name "\\)") 1)
    ("Groups" ,(concat "^[ \t]*\\(?:group\\|ports\\)[ \t]+\\(" xks--name "\\)") 1)
    ("Externals" ,(concat "^[ \t]*external[ \t]+\\(" xks--name "\\)") 1)
    ("Services" ,(concat "^[ \t]*service[ \t]+\\(" xks--name "\\)") 1)
    ("Apps" ,(concat "^[ \t]*app[ \t]+\\(" xks--name "\\)") 1)
    ("Tenants" ,(concat "^[ \t]*tenant[ \t]+\\(" xks--name "\\)") 1))
  "Index of `xks-mode'.")

(defun xks-project (folder)
  "The workspace around FOLDER: the nearest folder with a file platform.xks."
  (let ((root (locate-dominating-file folder "platform.xks")))
    (and root (cons 'transient (file-name-as-directory (expand-file-name root))))))

;;;###autoload
(define-derived-mode xks-mode prog-mode "xks"
  "Major mode for xks, networking for Kubernetes in one line."
  (setq-local comment-start "# ")
  (setq-local comment-start-skip "#+[ \t]*")
  (setq-local indent-line-function #'xks-indent-line)
  (setq-local indent-tabs-mode nil)
  (setq-local electric-indent-chars (append '(?} ?\)) electric-indent-chars))
  (setq-local font-lock-defaults '(xks-font-lock-keywords))
  (setq-local imenu-generic-expression xks-imenu-generic-expression)
  (add-hook 'project-find-functions #'xks-project nil t))

;;;###autoload
(add-to-list 'auto-mode-alist '("\\.xks\\'" . xks-mode))

(defvar eglot-server-programs)
(with-eval-after-load 'eglot
  (add-to-list 'eglot-server-programs (cons 'xks-mode (lambda (&rest _) xks-server-command))))

(provide 'xks-mode)

;;; xks-mode.el ends here
