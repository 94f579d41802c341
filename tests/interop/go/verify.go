// Verify checks a running log with golang.org/x/mod/sumdb, the code by which Go checks its own
// checksum database. It shares no line with the log that it checks.
//
//	verify URL VKEY checkpoint            the newest checkpoint is signed by the key
//	verify URL VKEY inclusion INDEX       the served leaf is in the tree, by the served tiles
//	verify URL VKEY consistency OLD       the tree only adds to that of the note in the file OLD
//	verify URL VKEY receipt RECEIPT       the tlog-proof in a file proves the served leaf
//
// It prints what it accepted; what it refuses ends with exit code 1 and the reason on stderr.
package main

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const (
	height = 8
	width  = 1 << height
)

// A server is a log behind its URL prefix.
type server struct {
	prefix   string
	verifier note.Verifier
}

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(arguments []string) error {
	if len(arguments) < 3 {
		return errors.New("usage: verify URL VKEY COMMAND [ARGUMENT]")
	}
	verifier, err := note.NewVerifier(arguments[1])
	if err != nil {
		return err
	}
	log := server{arguments[0], verifier}
	switch command := strings.Join(arguments[2:3], ""); {
	case command == "checkpoint" && len(arguments) == 3:
		tree, err := log.newest()
		return told(err, "checkpoint", tree.N, tree.Hash)
	case command == "inclusion" && len(arguments) == 4:
		return log.inclusion(arguments[3])
	case command == "consistency" && len(arguments) == 4:
		return log.consistency(arguments[3])
	case command == "receipt" && len(arguments) == 4:
		return log.receipt(arguments[3])
	}
	return errors.New("there is no such command")
}

func (s server) inclusion(text string) error {
	index, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return err
	}
	tree, err := s.newest()
	if err != nil {
		return err
	}
	leaf, err := s.leaf(index, tree.N)
	if err != nil {
		return err
	}
	proof, err := tlog.ProveRecord(tree.N, index, tlog.TileHashReader(tree, s))
	if err != nil {
		return err
	}
	hash := tlog.RecordHash(leaf)
	return told(tlog.CheckRecord(proof, tree.N, tree.Hash, index, hash), "leaf", index, hash)
}

func (s server) consistency(file string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	old, err := s.open(text)
	if err != nil {
		return err
	}
	tree, err := s.newest()
	if err != nil {
		return err
	}
	proof, err := tlog.ProveTree(tree.N, old.N, tlog.TileHashReader(tree, s))
	if err != nil {
		return err
	}
	err = tlog.CheckTree(proof, tree.N, tree.Hash, old.N, old.Hash)
	return told(err, "grown to", tree.N, tree.Hash)
}

// receipt reads a c2sp.org/tlog-proof@v1: header, index, hashes, an empty line, a note.
func (s server) receipt(file string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	head, signed, found := bytes.Cut(text, []byte("\n\n"))
	lines := strings.Split(string(head), "\n")
	if !found || len(lines) < 2 || lines[0] != "c2sp.org/tlog-proof@v1" {
		return errors.New("this is not a tlog-proof")
	}
	tree, err := s.open(signed)
	if err != nil {
		return err
	}
	index, err := strconv.ParseInt(strings.TrimPrefix(lines[1], "index "), 10, 64)
	if err != nil {
		return err
	}
	var proof tlog.RecordProof
	for _, line := range lines[2:] {
		hash, err := tlog.ParseHash(line)
		if err != nil {
			return err
		}
		proof = append(proof, hash)
	}
	newest, err := s.newest()
	if err != nil {
		return err
	}
	leaf, err := s.leaf(index, newest.N)
	if err != nil {
		return err
	}
	hash := tlog.RecordHash(leaf)
	return told(tlog.CheckRecord(proof, tree.N, tree.Hash, index, hash), "leaf", index, hash)
}

func told(err error, what string, number int64, hash tlog.Hash) error {
	if err == nil {
		fmt.Printf("%s %d %x\n", what, number, hash[:])
	}
	return err
}

func (s server) newest() (tlog.Tree, error) {
	text, err := s.get("checkpoint")
	if err != nil {
		return tlog.Tree{}, err
	}
	return s.open(text)
}

// open verifies a note and reads the tlog-checkpoint in it. tlog.ParseTree reads only the header
// of Go's own database, so the three lines are read here.
func (s server) open(text []byte) (tree tlog.Tree, err error) {
	opened, err := note.Open(text, note.VerifierList(s.verifier))
	if err != nil {
		return tree, err
	}
	lines := strings.SplitN(opened.Text, "\n", 4)
	if len(lines) < 4 || lines[0] != s.verifier.Name() {
		return tree, errors.New("the checkpoint is of another log")
	}
	if tree.N, err = strconv.ParseInt(lines[1], 10, 64); err != nil {
		return tree, err
	}
	root, err := base64.StdEncoding.DecodeString(lines[2])
	if err != nil || copy(tree.Hash[:], root) != tlog.HashSize {
		return tree, errors.New("the checkpoint has no root")
	}
	return tree, nil
}

// leaf gives an entry from its bundle, in which each entry follows its length as uint16.
func (s server) leaf(index, size int64) ([]byte, error) {
	number, place := index/width, index%width
	held := size - number*width
	if held > width {
		held = width
	}
	data, err := s.get("tile/entries/" + name(number, int(held)))
	for ; err == nil && len(data) >= 2; place-- {
		end := 2 + int(binary.BigEndian.Uint16(data))
		if len(data) < end {
			break
		}
		if place == 0 {
			return data[2:end], nil
		}
		data = data[end:]
	}
	if err == nil {
		err = fmt.Errorf("the bundle holds no entry %d", index)
	}
	return nil, err
}

// Height, ReadTiles and SaveTiles make a server the tlog.TileReader of its own tiles.
func (s server) Height() int { return height }

func (s server) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, tile := range tiles {
		data, err := s.get(fmt.Sprintf("tile/%d/%s", tile.L, name(tile.N, tile.W)))
		if err != nil {
			return nil, err
		}
		all = append(all, data)
	}
	return all, nil
}

func (s server) SaveTiles([]tlog.Tile, [][]byte) {}

// name writes <N>[.p/<W>] as tlog-tiles does; Go's own paths name the height as well.
func name(number int64, held int) string {
	path := tlog.Tile{H: height, L: 0, N: number, W: held}.Path()
	return strings.TrimPrefix(path, fmt.Sprintf("tile/%d/0/", height))
}

func (s server) get(path string) ([]byte, error) {
	response, err := http.Get(s.prefix + "/" + path)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s: %s", path, response.Status)
	}
	return io.ReadAll(response.Body)
}
