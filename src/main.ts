#!/usr/bin/env node
console.log('respread')
